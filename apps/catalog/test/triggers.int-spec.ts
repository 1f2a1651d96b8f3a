import { parseCatalogEvent, type CatalogEvent } from '@larder/contracts';
import pg from 'pg';
import { until } from '../../../tools/services/index.js';
import { addCategory, addProduct, openCatalogue, UNTRACED, type Catalogue } from './fixture.js';

type ProductData = Extract<CatalogEvent, { data: { categoryPath: string[] } }>['data'];

describe('the triggers', () => {
  let catalogue: Catalogue;
  beforeAll(async () => {
    catalogue = await openCatalogue();
  });
  afterAll(() => catalogue.close());

  /** The events since the last call, parsed by the contract. */
  const events = async (): Promise<CatalogEvent[]> => {
    const rows = await catalogue.sql<{ type: string; payload: unknown }>(
      'WITH gone AS (DELETE FROM outbox RETURNING *) SELECT type, payload FROM gone ORDER BY seq',
    );
    return rows.map(({ type, payload }) => parseCatalogEvent(type, payload));
  };
  const versionOf = async (table: string, id: string): Promise<number> => {
    const [row] = await catalogue.sql<{ version: string }>(`SELECT version FROM ${table} WHERE id = $1`, [id]);
    return Number(row!.version);
  };
  beforeEach(() => events());

  it('raise an event of the contract for each change of a product by raw SQL, with the versions of the row', async () => {
    const root = await addCategory(catalogue);
    const leaf = await addCategory(catalogue, root.id);
    await events();

    const [created] = await catalogue.sql<{ id: string }>(
      `INSERT INTO products (sku, name, category_id, price_minor, currency) VALUES ('RAW-1', 'Tea', $1, 5, 'EUR') RETURNING id`,
      [leaf.id],
    );
    const id = created!.id;
    const first = await versionOf('products', id);
    await catalogue.sql(`UPDATE products SET price_minor = 6, brand = 'Larder' WHERE id = $1`, [id]);
    const second = await versionOf('products', id);
    await catalogue.sql('UPDATE products SET category_id = $1 WHERE id = $2', [root.id, id]);
    const third = await versionOf('products', id);
    await catalogue.sql('DELETE FROM products WHERE id = $1', [id]);

    const path = [root.id, leaf.id];
    const raised = await events();
    const last = raised[3]!.data.version;
    expect(raised).toEqual([
      event_('created', { id, version: first, categoryPath: path }),
      event_('updated', {
        id,
        version: second,
        categoryPath: path,
        previousCategoryPath: path,
        changed: ['brand', 'price_minor'],
      }),
      event_('updated', {
        id,
        version: third,
        categoryPath: [root.id],
        previousCategoryPath: path,
        changed: ['category_id'],
      }),
      event_('deleted', { id, version: last, previousCategoryPath: [root.id] }),
    ]);
    expect([first < second, second < third, third < last]).toEqual([true, true, true]);
  });

  it('raise one event per row, and none for rows that stay as they were', async () => {
    const category = await addCategory(catalogue);
    const cheap = await addProduct(catalogue, category.id, { priceMinor: 1 });
    const dear = await addProduct(catalogue, category.id, { priceMinor: 9_000 });
    await events();

    await catalogue.sql('UPDATE products SET price_minor = greatest(price_minor, 50), version = 1, updated_at = now()');

    const raised = await events();
    expect(raised).toHaveLength(1);
    expect(raised[0]).toMatchObject({
      type: 'catalog.product.updated',
      data: { id: cheap.id, changed: ['price_minor'] },
    });
    expect(await versionOf('products', dear.id)).toBe(dear.version);
    expect(await catalogue.products.find(dear.id)).toEqual(dear);
  });

  it('let nobody set a version, a path or a creation time', async () => {
    const category = await addCategory(catalogue);
    const product = await addProduct(catalogue, category.id);
    await catalogue.sql(`UPDATE products SET version = 1, created_at = '2000-01-01' WHERE id = $1`, [product.id]);
    await catalogue.sql(`UPDATE categories SET path = '{}', version = 1 WHERE id = $1`, [category.id]);

    expect(await catalogue.products.find(product.id)).toEqual(product);
    expect(await catalogue.categories.find(category.id)).toEqual(category);
    await expect(catalogue.sql('UPDATE products SET id = gen_random_uuid()')).rejects.toThrow('keeps its id');
  });

  it('give a row that is deleted and made again under its old id a version above all it ever had', async () => {
    const category = await addCategory(catalogue);
    const product = await addProduct(catalogue, category.id);
    await events();
    await catalogue.sql('DELETE FROM products WHERE id = $1', [product.id]);
    const [gone] = await events();
    await insertWithId(catalogue.sql, product.id, category.id);

    expect(gone!.data.version).toBeGreaterThan(product.version);
    expect(await versionOf('products', product.id)).toBeGreaterThan(gone!.data.version);
  });

  it('make an insert wait for a delete of the same id that is in flight, so that its version is the higher one', async () => {
    const category = await addCategory(catalogue);
    const product = await addProduct(catalogue, category.id);
    await events();
    const deleter = new pg.Client({ connectionString: catalogue.url });
    await deleter.connect();
    await deleter.query('BEGIN');
    await deleter.query('SELECT 1 FROM products WHERE id = $1 FOR UPDATE', [product.id]);

    const inserted = insertWithId(catalogue.sql, product.id, category.id);
    await waitForALock(catalogue);
    await deleter.query('DELETE FROM products WHERE id = $1', [product.id]);
    await deleter.query('COMMIT');
    await deleter.end();
    await inserted;

    const [gone] = (await events()).filter(({ type }) => type === 'catalog.product.deleted');
    expect(await versionOf('products', product.id)).toBeGreaterThan(gone!.data.version);
  });

  it('carry the categories below along when one moves, each with an event of its own', async () => {
    const [from, to] = [await addCategory(catalogue), await addCategory(catalogue)];
    const middle = await addCategory(catalogue, from.id);
    const leaf = await addCategory(catalogue, middle.id);
    await events();

    await catalogue.sql('UPDATE categories SET parent_id = $1 WHERE id = $2', [to.id, middle.id]);

    expect((await catalogue.categories.find(leaf.id))?.path).toEqual([to.id, middle.id, leaf.id]);
    expect(await events()).toMatchObject([
      {
        data: {
          id: middle.id,
          path: [to.id, middle.id],
          previousPath: [from.id, middle.id],
          changed: ['parent_id', 'path'],
        },
      },
      { data: { id: leaf.id, path: [to.id, middle.id, leaf.id], changed: ['path'] } },
    ]);
    await catalogue.sql('UPDATE categories SET parent_id = NULL WHERE id = $1', [middle.id]);
    expect((await catalogue.categories.find(leaf.id))?.path).toEqual([middle.id, leaf.id]);
  });

  it('make a product in a category that is being moved name the place where the category ends up', async () => {
    const [from, to] = [await addCategory(catalogue), await addCategory(catalogue)];
    const moving = await addCategory(catalogue, from.id);
    const below = await addCategory(catalogue, moving.id); // its row changes by the cascade alone, which no foreign key waits for
    await events();
    const mover = new pg.Client({ connectionString: catalogue.url });
    await mover.connect();
    await mover.query('BEGIN');
    await mover.query('UPDATE categories SET parent_id = $1 WHERE id = $2', [to.id, moving.id]);

    const added = addProduct(catalogue, below.id);
    await waitForALock(catalogue);
    await mover.query('COMMIT');
    await mover.end();
    await added;

    const [event] = (await events()).filter(({ type }) => type === 'catalog.product.created');
    expect(event).toMatchObject({ data: { categoryPath: [to.id, moving.id, below.id] } });
  });

  it('raise events for stock, and put the trace of the transaction into the outbox', async () => {
    const category = await addCategory(catalogue);
    const product = await addProduct(catalogue, category.id);
    await events();
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

    const { result, changes: committed } = await catalogue.stock.adjust(product.id, 5, { traceparent });
    await catalogue.sql('UPDATE stock SET quantity = 5');
    const [row] = await catalogue.sql<{ traceparent: string }>('SELECT traceparent FROM outbox');
    await catalogue.products.remove(product.id, product.version, UNTRACED);

    const stockChanged = { type: 'catalog.stock.changed', data: { productId: product.id, version: result.version } };
    expect(committed).toMatchObject([stockChanged]);
    expect(row?.traceparent).toBe(traceparent);
    const raised = await events();
    expect(raised.map(({ type }) => type).sort()).toEqual([
      'catalog.product.deleted',
      'catalog.stock.changed',
      'catalog.stock.changed',
    ]);
  });

  it.each(['products', 'categories', 'stock', 'outbox'])('refuse to truncate %s', async (table) => {
    await expect(catalogue.sql(`TRUNCATE ${table} CASCADE`)).rejects.toThrow('raises no events');
  });
});

const unchanged = { categoryPath: [], previousCategoryPath: [], changed: [] };
const event_ = (what: 'created' | 'updated' | 'deleted', data: Partial<ProductData>): CatalogEvent => ({
  type: `catalog.product.${what}`,
  data: { ...unchanged, ...data } as ProductData,
});

async function insertWithId(sql: Catalogue['sql'], id: string, categoryId: string): Promise<void> {
  await sql(
    `INSERT INTO products (id, sku, name, category_id, price_minor, currency) VALUES ($1, 'AGAIN-' || $3::text, 'Again', $2, 1, 'EUR')`,
    [id, categoryId, id],
  );
}

/** Resolves once somebody waits for a row lock in this database. */
async function waitForALock({ dataSource }: Catalogue): Promise<void> {
  await until('somebody waits for a lock', 10_000, async () => {
    const waiting = await dataSource.query<unknown[]>(
      `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return waiting.length > 0;
  });
}
