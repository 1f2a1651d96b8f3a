import { CacheError } from '@larder/cache';
import type { EntityManager } from 'typeorm';
import { violationOf } from '../database/violation.js';
import type { ImportCommits } from './import-commits.js';
import { ImportError, type RefusedRow } from './import-report.js';
import type { ProductRow } from './product-row.js';
import { stableId } from './stable-id.js';

/** A row with the id of its category. */
export interface PlacedRow extends ProductRow {
  readonly categoryId: string;
}

/** What came of writing some rows. */
export interface WriteResult {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: readonly RefusedRow[];
}

/**
 * An empty brand, description or rating leaves what is stored. A row that is stored as it is stays untouched: it takes
 * no version, and raises no event. In the order of SKUs, so that two imports at once do not lock each other out.
 */
const UPSERT = `
  WITH written AS (
    INSERT INTO public.products AS stored
      (id, sku, name, brand, description, category_id, price_minor, currency, rating)
    SELECT id, sku, name, brand, description, category_id, price_minor, currency, rating
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[], $7::integer[], $8::text[],
      $9::double precision[])
      AS given (id, sku, name, brand, description, category_id, price_minor, currency, rating)
    ORDER BY sku
    ON CONFLICT (sku) DO UPDATE SET name = excluded.name, brand = coalesce(excluded.brand, stored.brand),
      description = coalesce(nullif(excluded.description, ''), stored.description), category_id = excluded.category_id,
      price_minor = excluded.price_minor, currency = excluded.currency, rating = coalesce(excluded.rating, stored.rating)
    WHERE (stored.name, stored.brand, stored.description, stored.category_id, stored.price_minor, stored.currency, stored.rating)
      IS DISTINCT FROM (excluded.name, coalesce(excluded.brand, stored.brand),
        coalesce(nullif(excluded.description, ''), stored.description), excluded.category_id, excluded.price_minor,
        excluded.currency, coalesce(excluded.rating, stored.rating))
    RETURNING xmax = 0 AS inserted
  ) SELECT count(*) FILTER (WHERE inserted)::integer AS inserted,
      count(*) FILTER (WHERE NOT inserted)::integer AS updated FROM written`;

const SET_STOCK = `
  INSERT INTO public.stock AS stored (product_id, quantity)
  SELECT product.id, given.quantity FROM unnest($1::text[], $2::integer[]) AS given (sku, quantity)
  JOIN public.products AS product ON product.sku = given.sku
  ORDER BY given.sku
  ON CONFLICT (product_id) DO UPDATE SET quantity = excluded.quantity WHERE stored.quantity <> excluded.quantity`;

/** SQLSTATE classes that mean "this data cannot be stored". */
const BAD_DATA = ['22', '23'];

/**
 * Writes rows in one transaction. Where the database refuses some, the others are written all the same.
 *
 * @param rows  with different SKUs
 * @throws {ImportError} if caches cannot be told that stock is about to change; @throws if the database cannot be reached.
 *   Some of the rows may be written then
 */
export async function writeProducts(commits: ImportCommits, rows: readonly PlacedRow[]): Promise<WriteResult> {
  try {
    const counts = await commits.run((manager) => upsert(manager, rows));
    return { ...counts, unchanged: rows.length - counts.inserted - counts.updated, refused: [] };
  } catch (error) {
    if (error instanceof CacheError && error.code === 'INTENT_REFUSED') throw unprepared(rows, error);
    const violation = violationOf(error);
    if (violation === null || !BAD_DATA.includes(violation.code.slice(0, 2))) throw error;
    const [row] = rows;
    if (rows.length === 1 && row) return { ...NOTHING, refused: [{ line: row.line, reason: refusalOf(error) }] };
    const middle = Math.ceil(rows.length / 2);
    const first = await writeProducts(commits, rows.slice(0, middle));
    return plus(first, await writeProducts(commits, rows.slice(middle)));
  }
}

/** The result of writing nothing. */
export const NOTHING: WriteResult = { inserted: 0, updated: 0, unchanged: 0, refused: [] };

/** The result of writing both. */
export function plus(a: WriteResult, b: WriteResult): WriteResult {
  return {
    inserted: a.inserted + b.inserted,
    updated: a.updated + b.updated,
    unchanged: a.unchanged + b.unchanged,
    refused: [...a.refused, ...b.refused],
  };
}

async function upsert(
  manager: EntityManager,
  rows: readonly PlacedRow[],
): Promise<Pick<WriteResult, 'inserted' | 'updated'>> {
  const column = <Value>(pick: (row: PlacedRow) => Value): Value[] => rows.map(pick);
  const [counts] = await manager.query<Pick<WriteResult, 'inserted' | 'updated'>[]>(UPSERT, [
    column(({ sku }) => stableId(`product:${sku}`)),
    column(({ sku }) => sku),
    column(({ name }) => name),
    column(({ brand }) => brand),
    column(({ description }) => description),
    column(({ categoryId }) => categoryId),
    column(({ priceMinor }) => priceMinor),
    column(({ currency }) => currency),
    column(({ rating }) => rating),
  ]);
  const stocked = rows.filter(({ stock }) => stock !== null);
  if (stocked.length > 0) {
    await manager.query(SET_STOCK, [stocked.map(({ sku }) => sku), stocked.map(({ stock }) => stock)]);
  }
  return counts ?? NOTHING;
}

function unprepared(rows: readonly PlacedRow[], cause: unknown): ImportError {
  const lines = [rows[0], rows.at(-1)].map((row) => row?.line).join(' to ');
  return new ImportError(
    `Lines ${lines} are not written: the cache could not be told beforehand that stock is about to change.\n` +
      'The same command again completes the import once Redis answers.',
    { cause },
  );
}

function refusalOf(error: unknown): string {
  return `the database refuses it: ${error instanceof Error ? error.message : 'for an unknown reason'}`;
}
