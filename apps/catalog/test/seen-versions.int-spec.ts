import type { Category, Product } from '@larder/contracts';
import type { Answer } from '@larder/platform';
import { Registry } from 'prom-client';
import { Announcer } from '../src/changes/announcer.js';
import { Bell } from '../src/outbox/bell.js';
import { ProductReader } from '../src/products/product-reader.js';
import { StockService } from '../src/stock/stock-service.js';
import {
  addCategory,
  addProduct,
  openCatalogue,
  openReads,
  openStores,
  UNTRACED,
  type Catalogue,
  type Reads,
  type Stores,
} from './fixture.js';

const FUTURE = 999_999_999_999_999;

/** Changes are committed here without the caches being told: what they hold is old, and only who knows better is shown better. */
describe.each(['memory', 'Redis'] as const)('a reader who has seen a newer version than is cached on %s', (kind) => {
  let catalogue: Catalogue;
  let stores: Stores;
  let reads: Reads;
  let category: Category;
  let old: Product;

  beforeAll(async () => {
    catalogue = await openCatalogue();
    stores = await openStores(kind);
  });
  afterAll(async () => {
    await stores.stop();
    await catalogue.close();
  });
  beforeEach(async () => {
    reads = openReads(catalogue, stores.make());
    category = await addCategory(catalogue);
    old = await addProduct(catalogue, category.id, { name: 'Quince', priceMinor: 100 });
    await reads.products.get(old.id);
  });
  afterEach(() => reads.cache.close());

  const change = async (priceMinor: number): Promise<Product> => {
    const { id, version: expectedVersion } = old;
    return (await catalogue.products.update({ id, expectedVersion, changes: { priceMinor } }, UNTRACED)).result;
  };
  const priceIn = ({ data }: Answer<Product>): number => data.priceMinor;
  const outcome = ({ cache }: Answer<unknown>): unknown => cache.at(-1)?.outcome;

  it('is shown it, and others from then on; who has not is shown what is cached', async () => {
    const { id, version } = await change(200);
    expect(priceIn(await reads.products.get(id))).toBe(100);
    expect(priceIn(await reads.products.get(id, old.version))).toBe(100);
    expect(priceIn(await reads.products.get(id, version))).toBe(200);
    expect(priceIn(await reads.products.get(id))).toBe(200);
  });

  it('is shown it in a bulk read, a list and a search, whose other products stay as they are cached', async () => {
    const other = await addProduct(catalogue, category.id, { name: 'Quince jam', priceMinor: 1 });
    await reads.products.get(other.id);
    await catalogue.sql('UPDATE products SET price_minor = 2 WHERE id = $1', [other.id]);
    const page = { limit: 20, category: category.id };
    const shown: ((seen: Record<string, number>) => Promise<Answer<Product[]>>)[] = [
      (seen) => reads.products.getMany([old.id, other.id], seen),
      async (seen) => itemsOf(await reads.lists.list({ ...page, sort: 'name' }, seen)),
      async (seen) => itemsOf(await reads.search.search({ ...page, q: 'quince' }, seen)),
    ];
    for (const [at, read] of shown.entries()) {
      const { version } = (old = await change(200 + at));
      expect((await read({ [old.id]: version })).data.map(priceOf).toSorted()).toEqual([1, 200 + at]);
    }
  });

  it('is not shown again what is deleted, nor told that there is not what was made since', async () => {
    const { changes } = await catalogue.products.remove(old.id, old.version, UNTRACED);
    expect((await reads.products.get(old.id)).data).toEqual(old);
    const { version } = changes[0]!.data;
    const gone = { code: 'PRODUCT_NOT_FOUND' };
    await expect(reads.products.get(old.id, version)).rejects.toMatchObject(gone);
    expect((await reads.products.getMany([old.id], { [old.id]: version })).data).toEqual([]);
    await expect(reads.products.get(old.id)).rejects.toMatchObject(gone);

    await catalogue.sql(
      `INSERT INTO products (id, sku, name, description, category_id, price_minor, currency)
       VALUES ($1, $2, 'Quince', '', $3, 300, 'EUR')`,
      [old.id, old.sku, category.id],
    );
    await expect(reads.products.get(old.id)).rejects.toMatchObject(gone);
    expect(priceIn(await reads.products.get(old.id, version + 1))).toBe(300);
  });

  it('is shown the newest there is for a version that there is not, by one load each time', async () => {
    for (let count = 0; count < 3; count += 1) {
      const answer = await reads.products.get(old.id, FUTURE);
      expect([answer.data, outcome(answer)]).toEqual([old, 'miss']);
    }
    expect(outcome(await reads.products.get(old.id))).toBe('hit');
    const unknown = '00000000-0000-4000-8000-000000000000';
    await expect(reads.products.get(unknown, FUTURE)).rejects.toMatchObject({ code: 'PRODUCT_NOT_FOUND' });
  });

  it('is shown it of stock too, whose intent was lost', async () => {
    const caller = { remainingMs: () => Infinity };
    const products = new ProductReader(reads.cache, catalogue.products);
    const announcer = new Announcer(reads.cache, new Bell(), new Registry());
    const stock = new StockService(reads.cache, catalogue.stock, products, announcer);
    await announcer.announce(await catalogue.stock.adjust(old.id, 5, UNTRACED));
    expect((await stock.get(old.id, caller)).data.quantity).toBe(5);
    const [row] = await catalogue.sql<{ version: string }>(
      'UPDATE stock SET quantity = 6 WHERE product_id = $1 RETURNING version',
      [old.id],
    );
    expect((await stock.get(old.id, caller)).data.quantity).toBe(5);
    expect((await stock.get(old.id, caller, Number(row!.version))).data.quantity).toBe(6);
  });

  it('is shown it of categories too, alone and in the tree', async () => {
    const nameIn = async (seen?: number): Promise<string> => (await reads.categories.get(category.id, seen)).data.name;
    const before = await nameIn();
    const rename = async (name: string, expectedVersion: number): Promise<Category> =>
      (await catalogue.categories.update({ id: category.id, expectedVersion, changes: { name } }, UNTRACED)).result;
    const renamed = await rename(`${before} A`, category.version);
    expect([await nameIn(), await nameIn(renamed.version)]).toEqual([before, renamed.name]);
    await reads.categories.tree();
    const again = await rename(`${before} B`, renamed.version);
    const inTree = async (seen?: Record<string, number>): Promise<string | undefined> =>
      (await reads.categories.tree(seen)).data.items.find(({ id }) => id === category.id)?.name;
    expect(await inTree()).toBe(renamed.name);
    expect(await inTree({ [category.id]: again.version })).toBe(again.name);
  });
});

const priceOf = ({ priceMinor }: Product): number => priceMinor;

function itemsOf({ data }: Answer<{ items: Product[] }>): Answer<Product[]> {
  return { data: data.items } as Answer<Product[]>;
}
