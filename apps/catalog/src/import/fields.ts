import { ImportError } from './import-report.js';

/** What a row may say of a product. `index` numbers rows of a file that has no SKUs; the three levels name its category. */
const FIELDS = [
  'sku',
  'index',
  'name',
  'brand',
  'description',
  'price',
  'priceMinor',
  'currency',
  'rating',
  'stock',
  'category',
  'subcategory',
  'type',
] as const;

export type Field = (typeof FIELDS)[number];

/** Headers that people use for a field, without case, spaces, dashes and underscores. */
const ALIASES: Readonly<Record<string, Field>> = {
  product: 'name',
  productname: 'name',
  title: 'name',
  saleprice: 'price',
  quantity: 'stock',
  ...Object.fromEntries(FIELDS.map((field) => [plain(field), field])),
};

/** Which field a column holds, by the column's name. */
export type ColumnMap = Readonly<Record<string, Field>>;

/** Reads `column=field` pairs. @throws {ImportError} for a pair of another form, or a field that does not exist */
export function parseColumnMap(pairs: readonly string[]): ColumnMap {
  return Object.fromEntries(
    pairs.map((pair) => {
      const split = pair.lastIndexOf('=');
      const field = FIELDS.find((known) => known === pair.slice(split + 1));
      if (split < 1 || field === undefined) {
        throw new ImportError(`--map ${pair}: write column=field, with one of the fields ${FIELDS.join(', ')}`);
      }
      return [pair.slice(0, split), field];
    }),
  );
}

/** The field in the column called `header`: as `map` says, else by the name; `null` for a column that is not needed. */
export function fieldOf(header: string, map: ColumnMap): Field | null {
  return map[header] ?? ALIASES[plain(header)] ?? null;
}

/**
 * The field of each column of a file, `null` for columns that are not needed.
 *
 * @throws {ImportError} if a column of `map` is missing, two columns hold one field, or a needed field has no column
 */
export function fieldsOf(headers: readonly string[], map: ColumnMap): (Field | null)[] {
  for (const column of Object.keys(map)) {
    if (!headers.includes(column)) throw new ImportError(`The file has no column "${column}", which --map names`);
  }
  const claimed = new Set(Object.values(map));
  const fields = headers.map((header) => {
    const field = fieldOf(header, map);
    return field !== null && !(header in map) && claimed.has(field) ? null : field;
  });
  for (const field of FIELDS) {
    if (fields.filter((each) => each === field).length > 1) {
      throw new ImportError(`Two columns hold ${field}: say which one with --map column=${field}`);
    }
  }
  requireOneOf(fields, ['name']);
  requireOneOf(fields, ['category']);
  requireOneOf(fields, ['sku', 'index']);
  requireOneOf(fields, ['price', 'priceMinor']);
  return fields;
}

function requireOneOf(fields: readonly (Field | null)[], needed: readonly Field[]): void {
  if (needed.some((field) => fields.includes(field))) return;
  throw new ImportError(`No column holds ${needed.join(' or ')}: name one with --map column=${String(needed[0])}`);
}

function plain(header: string): string {
  return header.toLowerCase().replace(/[\s_-]/g, '');
}
