import type { Category, ProductSort } from '@larder/contracts';
import { addCategory, addProduct, openCatalogue, openReads, type Catalogue, type Reads } from './fixture.js';

describe('pages of products', () => {
  let catalogue: Catalogue;
  let reads: Reads;
  let category: Category;
  beforeAll(async () => {
    catalogue = await openCatalogue();
    category = await addCategory(catalogue);
    const names = [
      'banana',
      'Apple',
      'apple',
      'Öl',
      '100% juice',
      'apple',
      '日本茶',
      'under_score',
      'O\'Neill\'s "best"',
      'zebra',
    ];
    for (const [index, name] of names.entries())
      await addProduct(catalogue, category.id, { name, priceMinor: 100 * (index % 3) });
    await addProduct(catalogue, (await addCategory(catalogue)).id, { name: 'elsewhere' });
  });
  beforeEach(() => {
    reads = openReads(catalogue);
  });
  afterAll(() => catalogue.close());

  /** Reads on until there is no next page, at most so many pages as there are products. */
  const walk = async (
    read: (cursor?: string) => Promise<{ data: { items: { id: string }[]; nextCursor: string | null } }>,
  ) => {
    const ids: string[] = [];
    let cursor: string | null | undefined;
    do {
      const { data } = await read(cursor ?? undefined);
      ids.push(...data.items.map(({ id }) => id));
      cursor = data.nextCursor;
    } while (cursor !== null && ids.length < 100);
    return ids;
  };

  it.each([
    ['name', 'name, id'],
    ['-name', 'name DESC, id DESC'],
    ['price', 'price_minor, id'],
    ['-price', 'price_minor DESC, id DESC'],
    ['newest', 'created_at DESC, id DESC'],
  ] as [ProductSort, string][])(
    'follow one another by %s without a gap or a repetition, whatever their size',
    async (sort, order) => {
      await catalogue.sql(
        `ALTER TABLE products DISABLE TRIGGER USER; UPDATE products SET created_at = '2026-01-01' WHERE price_minor > 0; ALTER TABLE products ENABLE TRIGGER USER`,
      );
      const rows = await catalogue.sql<{ id: string }>(
        `SELECT id FROM products WHERE category_id = '${category.id}' ORDER BY ${order}`,
      );
      for (const limit of [1, 3, 10, 100]) {
        const ids = await walk((cursor) =>
          reads.lists.list({ category: category.id, sort, limit, ...(cursor && { cursor }) }),
        );
        expect(ids).toEqual(rows.map(({ id }) => id));
      }
    },
  );

  it('list everything without a category, and end with no cursor', async () => {
    const { data } = await reads.lists.list({ sort: 'name', limit: 100 });
    expect(data.items).toHaveLength(11);
    expect(data.nextCursor).toBeNull();
  });

  it('refuse a cursor of another list, of another order, and a made-up one', async () => {
    const { data } = await reads.lists.list({ category: category.id, sort: 'name', limit: 1 });
    const cursor = data.nextCursor!;
    const [scope, key, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string, string];
    const forge = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString('base64url');
    const refusal = { code: 'INVALID_CURSOR' };

    await expect(reads.lists.list({ sort: 'name', limit: 1, cursor })).rejects.toMatchObject(refusal);
    await expect(reads.lists.list({ category: category.id, sort: 'price', limit: 1, cursor })).rejects.toMatchObject(
      refusal,
    );
    for (const forged of [
      'x',
      forge(),
      forge(scope, 1, id),
      forge(scope, 'a\0b', id),
      forge(scope, '\ud800', id),
      forge(scope, key, 'no-uuid'),
      forge(scope, 'x'.repeat(700), id),
      forge(scope, key, id, 'more'),
      `${cursor}=`,
    ]) {
      await expect(
        reads.lists.list({ category: category.id, sort: 'name', limit: 1, cursor: forged }),
      ).rejects.toMatchObject(refusal);
    }
  });

  it('make a cursor that a request can carry, however long the name', async () => {
    const shelf = await addCategory(catalogue);
    for (const end of ['a', 'b']) await addProduct(catalogue, shelf.id, { name: '😀'.repeat(149) + end });
    const first = await reads.lists.list({ category: shelf.id, sort: 'name', limit: 1 });
    const cursor = first.data.nextCursor!;
    expect(cursor.length).toBeLessThanOrEqual(2_048);
    expect((await reads.lists.list({ category: shelf.id, sort: 'name', limit: 1, cursor })).data.items).toHaveLength(1);
  });
});

describe('the search', () => {
  let catalogue: Catalogue;
  let reads: Reads;
  let [drinks, food]: Category[] = [];
  beforeAll(async () => {
    catalogue = await openCatalogue();
    [drinks, food] = [await addCategory(catalogue), await addCategory(catalogue)];
    await addProduct(catalogue, food.id, { name: 'Biscuits', description: 'Go well with green tea' });
    await addProduct(catalogue, drinks.id, { name: 'Green teas', brand: 'Larder' });
    await addProduct(catalogue, drinks.id, { name: 'Black tea 100%', brand: 'Larder' });
    for (let i = 0; i < 7; i += 1) await addProduct(catalogue, food.id, { name: 'Rusk' });
  });
  beforeEach(() => {
    reads = openReads(catalogue);
  });
  afterAll(() => catalogue.close());

  const names = async (q: string, category?: string) =>
    (await reads.search.search({ q, limit: 100, ...(category !== undefined && { category }) })).data.items.map(
      ({ name }) => name,
    );

  it('finds words in name, brand and description, the name first, whatever their form', async () => {
    expect(await names('green tea')).toEqual(['Green teas', 'Biscuits']);
    expect(await names('larder -green')).toEqual(['Black tea 100%']);
    expect(await names('"black tea" or biscuit')).toHaveLength(2);
    expect(await names('tea', food!.id)).toEqual(['Biscuits']);
  });

  it.each([
    '%',
    '_',
    '%tea%',
    "'",
    "';--",
    '"',
    '"unclosed',
    '\\',
    'a & | ! b:*',
    '()',
    '<->',
    'the',
    '-',
    '$1',
    ':text',
    '🫖',
  ])('takes %s for nothing but text', async (q) => {
    const found = await names(q);
    expect(found.length).toBeLessThanOrEqual(3);
  });

  it('reads on through results of one rank without a gap or a repetition', async () => {
    const found = new Set<string>();
    let cursor: string | null | undefined;
    let pages = 0;
    do {
      const { data } = await reads.search.search({ q: 'rusk', limit: 2, ...(cursor && { cursor }) });
      for (const { id } of data.items) found.add(id);
      cursor = data.nextCursor;
      pages += 1;
    } while (cursor !== null && pages < 10);
    expect([found.size, pages]).toEqual([7, 4]);
  });

  it("refuses another search's cursor", async () => {
    const { data } = await reads.search.search({ q: 'rusk', limit: 2 });
    await expect(reads.search.search({ q: 'tea', limit: 2, cursor: data.nextCursor! })).rejects.toMatchObject({
      code: 'INVALID_CURSOR',
    });
  });
});
