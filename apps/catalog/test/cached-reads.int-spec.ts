import { deferred } from '@larder/cache/testing';
import type { Category, Product } from '@larder/contracts';
import type { Answer } from '@larder/platform';
import { TypeOrmProductRepository } from '../src/products/typeorm-product-repository.js';
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

const FIRST_PAGE = { limit: 20 } as const;

/** A repository whose next read of a product, or of a list, stops after it has read the row and before it answers. */
class SlowRepository extends TypeOrmProductRepository {
  gate: Promise<void> = Promise.resolve();
  reached = deferred<undefined>();

  override async find(id: string): Promise<Product | null> {
    return this.held(await super.find(id));
  }

  override async list(range: Parameters<TypeOrmProductRepository['list']>[0]) {
    return this.held(await super.list(range));
  }

  private async held<Value>(value: Value): Promise<Value> {
    this.reached.resolve(undefined);
    await this.gate;
    return value;
  }
}

describe.each(['memory', 'Redis'] as const)('cached reads on %s', (kind) => {
  let catalogue: Catalogue;
  let stores: Stores;
  let reads: Reads;
  let root: Category;
  let [here, there]: Category[] = [];

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
    root = await addCategory(catalogue);
    here = await addCategory(catalogue, root.id);
    there = await addCategory(catalogue, root.id);
  });
  afterEach(() => reads.cache.close());

  const listOf = (category: Category, sort: 'name' | 'price' = 'name') =>
    reads.lists.list({ ...FIRST_PAGE, category: category.id, sort });
  const ids = ({ data }: Answer<{ items: { id: string }[] }>) => data.items.map(({ id }) => id);
  const outcomes = ({ cache }: Answer<unknown>) => cache.map(({ cache: name, outcome }) => `${name} ${outcome}`);
  const change = async (product: Product, changes: Partial<Pick<Product, 'priceMinor' | 'categoryId' | 'name'>>) => {
    const { id, version: expectedVersion } = product;
    return reads.announce(await catalogue.products.update({ id, expectedVersion, changes }, UNTRACED));
  };

  it('show a product that moved to another category there, and no longer here, at once', async () => {
    const product = await addProduct(catalogue, here!.id);
    expect([ids(await listOf(here!)), ids(await listOf(there!)), ids(await listOf(root))]).toEqual([
      [product.id],
      [],
      [product.id],
    ]);

    await change(product, { categoryId: there!.id });

    expect([ids(await listOf(here!)), ids(await listOf(there!)), ids(await listOf(root))]).toEqual([
      [],
      [product.id],
      [product.id],
    ]);
  });

  it('keep a list through a change of price, and show the new price in it; only lists by price are dropped', async () => {
    const [cheap, dear] = [
      await addProduct(catalogue, here!.id, { priceMinor: 100 }),
      await addProduct(catalogue, here!.id, { priceMinor: 200 }),
    ];
    await listOf(here!, 'name');
    await listOf(here!, 'price');
    await reads.search.search({ ...FIRST_PAGE, q: 'product', category: here!.id });

    await change(cheap, { priceMinor: 900 });

    const byName = await listOf(here!, 'name');
    expect(outcomes(byName)).toEqual(['larder-list hit', 'larder-product partial']);
    expect(byName.data.items.map(({ priceMinor }) => priceMinor)).toEqual([900, 200]);
    expect(outcomes(await reads.search.search({ ...FIRST_PAGE, q: 'product', category: here!.id }))[0]).toBe(
      'larder-search hit',
    );
    const byPrice = await listOf(here!, 'price');
    expect(outcomes(byPrice)).toEqual(['larder-list miss', 'larder-product hit']);
    expect(ids(byPrice)).toEqual([dear.id, cheap.id]);
  });

  it('show the products of a category that moved in the lists of its new ancestors', async () => {
    const product = await addProduct(catalogue, here!.id);
    const other = await addCategory(catalogue);
    expect([ids(await listOf(root)), ids(await listOf(other))]).toEqual([[product.id], []]);

    const move = { id: here!.id, expectedVersion: here!.version, changes: { parentId: other.id } };
    await reads.announce(await catalogue.categories.update(move, UNTRACED));

    expect([ids(await listOf(root)), ids(await listOf(other)), ids(await listOf(here!))]).toEqual([
      [],
      [product.id],
      [product.id],
    ]);
    expect((await reads.categories.get(here!.id)).data.path).toEqual([other.id, here!.id]);
  });

  it('show what was created, and not what was removed, in lists and searches', async () => {
    await listOf(here!);
    const query = { ...FIRST_PAGE, q: 'quince', category: here!.id };
    expect(ids(await reads.search.search(query))).toEqual([]);

    const { name, ...fields } = {
      sku: `Q-${kind}`,
      name: 'Quince jelly',
      categoryId: here!.id,
      priceMinor: 1,
      currency: 'EUR',
    };
    const created = { name, ...fields, brand: null, description: '', rating: null };
    const product = await reads.announce(await catalogue.products.create(created, UNTRACED));
    expect([ids(await listOf(here!)), ids(await reads.search.search(query))]).toEqual([[product.id], [product.id]]);

    await reads.announce(await catalogue.products.remove(product.id, product.version, UNTRACED));
    expect([ids(await listOf(here!)), ids(await reads.search.search(query))]).toEqual([[], []]);
    await expect(reads.products.get(product.id)).rejects.toMatchObject({ code: 'PRODUCT_NOT_FOUND' });
  });

  it('leave an item out whose product is gone by the time the page is put together', async () => {
    const [kept, gone] = [await addProduct(catalogue, here!.id), await addProduct(catalogue, here!.id)];
    expect(ids(await listOf(here!))).toEqual([kept.id, gone.id]);
    const { changes } = await catalogue.products.remove(gone.id, gone.version, UNTRACED);
    await reads.cache.invalidate({
      entries: [{ key: `catalog_service:product:${gone.id}`, version: changes[0]!.data.version }],
      tags: [],
    });

    const page = await listOf(here!);
    expect(page.cache[0]?.outcome).toBe('hit');
    expect(ids(page)).toEqual([kept.id]);
  });

  it('answer many products in the order asked, each once, with one query for those that are not cached', async () => {
    const [a, b, c] = [
      await addProduct(catalogue, here!.id),
      await addProduct(catalogue, here!.id),
      await addProduct(catalogue, here!.id),
    ];
    const unknown = '00000000-0000-4000-8000-000000000000';
    await reads.products.get(b.id);

    const first = await reads.products.getMany([c.id, unknown, b.id, c.id, a.id]);
    expect(first.data).toEqual([c, b, a]);
    expect(outcomes(first)).toEqual(['larder-product partial']);
    expect(outcomes(await reads.products.getMany([a.id, b.id, unknown]))).toEqual(['larder-product hit']);
  });

  it('answer the tree with parents before children and siblings by name, and notice a rename', async () => {
    const parent = await addCategory(catalogue, null, `tree ${kind}`);
    const [second, first] = [
      await addCategory(catalogue, parent.id, 'b'),
      await addCategory(catalogue, parent.id, 'a'),
    ];
    const leaf = await addCategory(catalogue, first.id, 'z');
    const branch = async () =>
      ids(await reads.categories.tree()).filter((id) => [parent, first, second, leaf].some((each) => each.id === id));
    expect(await branch()).toEqual([parent.id, first.id, leaf.id, second.id]);
    expect(outcomes(await reads.categories.tree())).toEqual(['larder-tree hit', 'larder-category hit']);

    const rename = { id: first.id, expectedVersion: first.version, changes: { name: 'c' } };
    await reads.announce(await catalogue.categories.update(rename, UNTRACED));
    expect(await branch()).toEqual([parent.id, second.id, first.id, leaf.id]);
  });

  it('know an unknown category, also from the cache, until somebody makes it', async () => {
    const id = '11111111-1111-4111-8111-11111111111' + (kind === 'memory' ? '1' : '2');
    const query = { ...FIRST_PAGE, category: id, sort: 'name' } as const;
    await expect(reads.lists.list(query)).rejects.toMatchObject({ code: 'CATEGORY_NOT_FOUND' });
    await expect(reads.lists.list(query)).rejects.toMatchObject({ code: 'CATEGORY_NOT_FOUND' });
    await expect(reads.search.search({ ...FIRST_PAGE, q: 'x', category: id })).rejects.toMatchObject({
      code: 'CATEGORY_NOT_FOUND',
    });

    await catalogue.sql('INSERT INTO categories (id, name) VALUES ($1, $2)', [id, `made later ${kind}`]);
    const events = await catalogue.sql<{ payload: { version: number } }>(
      'SELECT payload FROM outbox WHERE aggregate_id = $1',
      [id],
    );
    const data = { id, version: events[0]!.payload.version, path: [id], previousPath: [], changed: [] };
    await reads.announce({ result: null, changes: [{ type: 'catalog.category.created', data, transaction: '7' }] });
    expect(ids(await reads.lists.list(query))).toEqual([]);
  });

  it('never keep what a reader had read before a change that was finished before its fill', async () => {
    const slow = new SlowRepository(catalogue.dataSource, catalogue.commits);
    await reads.cache.close();
    reads = openReads({ ...catalogue, products: slow }, stores.make());
    const product = await addProduct(catalogue, here!.id, { priceMinor: 100 });
    const before = (await catalogue.products.find(product.id))!;
    const [opened, listOpened] = [deferred<undefined>(), deferred<undefined>()];

    slow.gate = opened.promise;
    const staleRead = reads.products.get(product.id);
    await slow.reached.promise;
    const changed = await change(before, { priceMinor: 200 });
    opened.resolve(undefined);
    expect((await staleRead).data.priceMinor).toBe(100);
    expect((await reads.products.get(product.id)).data.priceMinor).toBe(200);

    slow.reached = deferred();
    slow.gate = listOpened.promise;
    const staleList = listOf(here!);
    await slow.reached.promise;
    await change(changed, { categoryId: there!.id });
    listOpened.resolve(undefined);
    expect(ids(await staleList)).toEqual([product.id]);
    expect(ids(await listOf(here!))).toEqual([]);
  });
});
