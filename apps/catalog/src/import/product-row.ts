import { NewCategory, NewProduct } from '@larder/contracts';
import { issuesOf } from '@larder/platform';
import { z } from 'zod';
import type { Field } from './fields.js';
import type { RefusedRow } from './import-report.js';
import type { SourceRow } from './rows.js';

/** How rows are read. */
export interface RowOptions {
  /** The currency of rows that name none. */
  readonly currency: string;
  /** What comes before `index` in the SKU of a row that has no SKU. */
  readonly skuPrefix: string;
}

const LEVELS = ['category', 'subcategory', 'type'] as const;

const Wanted = NewProduct.omit({ categoryId: true }).extend({
  /** Category names from the root down. */
  categories: z.array(NewCategory.shape.name).min(1).max(LEVELS.length),
  /** Units on stock; `null` leaves the stock alone. */
  stock: z.number().int().min(0).max(1_000_000_000).nullable(),
});

/** A row that the catalogue can take. `brand`, `rating` and `stock` are `null`, and `description` empty, where the row says nothing. */
export type ProductRow = z.output<typeof Wanted> & { readonly line: number };

/** Reads a row. Runs of white space count as one space, except in descriptions. */
export function productRow({ line, fields }: SourceRow, options: RowOptions): ProductRow | RefusedRow {
  const said = (field: Field): string => (fields[field] ?? '').trim();
  const fault = missingFault(said) ?? textFault(fields);
  if (fault !== null) return { line, reason: fault };

  const currency = said('currency').toUpperCase() || options.currency;
  const { data, error } = Wanted.safeParse({
    sku: said('sku') || `${options.skuPrefix}${said('index')}`,
    name: oneSpaced(said('name')),
    brand: oneSpaced(said('brand')) || null,
    description: said('description'),
    categories: LEVELS.map((level) => oneSpaced(said(level))).filter((name) => name !== ''),
    priceMinor: said('priceMinor') ? numberOf(said('priceMinor')) : minorUnits(said('price'), currency),
    currency,
    rating: numberOf(said('rating')),
    stock: numberOf(said('stock')),
  });
  if (error) {
    return {
      line,
      reason: issuesOf(error)
        .map(({ path, message }) => `${path}: ${message}`)
        .join('; '),
    };
  }
  return { line, ...data };
}

type Said = (field: Field) => string;

/** Of each of these, a row must say one. */
const NEEDED: readonly (readonly Field[])[] = [['name'], ['sku', 'index'], ['price', 'priceMinor'], ['category']];

function missingFault(said: Said): string | null {
  const missing = NEEDED.find((fields) => fields.every((field) => said(field) === ''));
  if (missing) return `${missing.join(' or ')}: is empty`;
  const [, subcategory, type] = LEVELS;
  if (said(type) !== '' && said(subcategory) === '') return `${subcategory}: is empty, but ${type} is not`;
  return null;
}

/** What was not UTF-8 has become U+FFFD on the way in. */
function textFault(fields: SourceRow['fields']): string | null {
  const broken = Object.entries(fields).find(([, value]) => value.includes('\uFFFD'));
  return broken === undefined ? null : `${broken[0]}: is not UTF-8`;
}

function oneSpaced(value: string): string {
  return value.replace(/\s+/g, ' ');
}

/** `null` for no text, and NaN, which every schema refuses, for what is no plain decimal number. */
function numberOf(value: string): number | null {
  if (value === '') return null;
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : NaN;
}

/** An amount such as `12.5` in the currency's minor units, exactly; NaN for more decimals than the currency has. */
function minorUnits(price: string, currency: string): number {
  const digits = minorDigits(currency);
  const match = /^(\d+)(?:\.(\d+))?$/.exec(price);
  if (match === null) return NaN;
  const decimals = (match[2] ?? '').replace(/0+$/, '');
  return decimals.length > digits ? NaN : Number(`${String(match[1])}${decimals.padEnd(digits, '0')}`);
}

const digitsOf = new Map<string, number>();

/** How many decimals the currency has: 2 for INR, 0 for JPY. Asking costs more than reading the rest of a row. */
function minorDigits(currency: string): number {
  if (!/^[A-Z]{3}$/.test(currency)) return 2; // the schema refuses the currency itself
  const known = digitsOf.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  digitsOf.set(currency, digits);
  return digits;
}
