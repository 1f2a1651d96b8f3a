import pg from 'pg';

const PRODUCTS = 300;

/** Answers the rows of one statement, on a connection of its own. */
export async function ask(databaseUrl, text, values = []) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}

/** The id of a new category. */
export async function createCategory(databaseUrl) {
  const [row] = await ask(databaseUrl, `INSERT INTO categories (name) VALUES ('bench') RETURNING id`);
  return row.id;
}

/** The ids of new products. */
export async function createProducts(databaseUrl, categoryId) {
  const rows = await ask(
    databaseUrl,
    `INSERT INTO products (sku, name, category_id, price_minor, currency)
     SELECT 'bench-' || g, 'Product ' || g, $1, g, 'EUR' FROM generate_series(1, $2::integer) AS g RETURNING id`,
    [categoryId, PRODUCTS],
  );
  return rows.map(({ id }) => id);
}
