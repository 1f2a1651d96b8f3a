import { query } from '../services/index.js';

/** Makes so many rows of the table, on products of their own, and answers their ids: the keys of a row of the laboratory. */
export async function addKeys(databaseUrl: string, table: 'products' | 'stock', count: number): Promise<string[]> {
  const rows = await query(
    databaseUrl,
    `WITH category AS (
       INSERT INTO public.categories (name) VALUES ('Lab ' || gen_random_uuid()) RETURNING id
     ), made AS (
       INSERT INTO public.products (sku, name, category_id, price_minor, currency)
       SELECT 'lab-' || gen_random_uuid(), 'Lab', category.id, 100, 'EUR'
       FROM category, generate_series(1, ${count}) RETURNING id
     ) SELECT id FROM made`,
  );
  const keys = rows.map(({ id }) => String(id));
  if (table === 'stock') {
    await query(
      databaseUrl,
      `INSERT INTO public.stock (product_id, quantity) SELECT unnest('${listOf(keys)}'::uuid[]), 1`,
    );
  }
  return keys;
}

/** The version of each key as it is committed now. */
export async function versionsOf(
  databaseUrl: string,
  table: 'products' | 'stock',
  keys: readonly string[],
): Promise<number[]> {
  const id = table === 'stock' ? 'product_id' : 'id';
  const rows = await query(
    databaseUrl,
    `SELECT ${id} AS id, version FROM public.${table} WHERE ${id} = ANY ('${listOf(keys)}'::uuid[])`,
  );
  const versions = new Map(rows.map((row) => [String(row['id']), Number(row['version'])]));
  return keys.map((key) => versions.get(key) ?? 0);
}

function listOf(keys: readonly string[]): string {
  return `{${keys.join(',')}}`;
}
