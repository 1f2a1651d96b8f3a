import { query } from '../../tools/services/index.js';

/** A category and the products in it, in the order of their names. */
export interface Shelf {
  readonly categoryId: string;
  readonly productIds: readonly string[];
}

/** Fills a category of its own with products by SQL; the n-th costs 100 + n. `name` is a plain word that no other shelf has. */
export async function fillShelf(databaseUrl: string, name: string, count: number): Promise<Shelf> {
  const rows = await query(
    databaseUrl,
    `WITH category AS (INSERT INTO public.categories (name) VALUES ('${name}') RETURNING id),
     products AS (
       INSERT INTO public.products (sku, name, category_id, price_minor, currency)
       SELECT '${name}-' || n, '${name} ' || to_char(n, 'FM0000'), category.id, 100 + n, 'EUR'
       FROM category, generate_series(1, ${count}) AS n RETURNING id, name
     ) SELECT category.id AS category, products.id AS product FROM category, products ORDER BY products.name`,
  );
  return { categoryId: String(rows[0]?.['category']), productIds: rows.map(({ product }) => String(product)) };
}
