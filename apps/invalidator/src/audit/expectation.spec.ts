import { Cache, MemoryStore } from '@larder/cache';
import { categorySpace, productSpace, stockSpace, type CatalogEvent } from '@larder/contracts';
import { check, expectationOf } from './expectation.js';

const ID = '0f9d2f0e-54a4-4c3a-9c07-1c3d3c1a7a10';
const product = { id: ID, version: 7, categoryPath: [], previousCategoryPath: [], changed: [] };
const category = { id: ID, version: 8, path: [], previousPath: [], changed: [] };

describe('what an event leads one to expect', () => {
  it.each<[CatalogEvent, string, number, boolean]>([
    [{ type: 'catalog.product.updated', data: product }, productSpace.name, 7, false],
    [{ type: 'catalog.product.deleted', data: product }, productSpace.name, 7, true],
    [{ type: 'catalog.category.created', data: category }, categorySpace.name, 8, false],
    [{ type: 'catalog.category.deleted', data: category }, categorySpace.name, 8, true],
    [{ type: 'catalog.stock.changed', data: { productId: ID, version: 9 } }, stockSpace.name, 9, false],
  ])('%j', (event, name, version, gone) => {
    const { space, ...rest } = expectationOf(event);
    expect([space.name, rest]).toEqual([name, { id: ID, version, gone }]);
  });
});

describe('a check', () => {
  it.each<[what: string, version: number | null, gone: boolean, result: string]>([
    ['a newer value', 8, false, 'fresh'],
    ['the very version', 7, false, 'fresh'],
    ['an older value', 6, false, 'stale'],
    ['an older value of a row that is gone', 6, true, 'stale'],
    ['an absence that was there before the row', null, false, 'stale'],
    ['an absence of a row that is gone', null, true, 'fresh'],
  ])('finds %s', async (_what, version, gone, result) => {
    const store = new MemoryStore();
    const value = version === null ? null : { productId: ID, quantity: 1, version };
    await new Cache({ store }).space(stockSpace).getOrSet(ID, () => Promise.resolve(value));
    const { space } = expectationOf({ type: 'catalog.stock.changed', data: { productId: ID, version: 7 } });
    const [full, empty] = [store, new MemoryStore()].map((each) => new Cache({ store: each }));
    expect(await check(full!, { space, id: ID, version: 7, gone })).toBe(result);
    expect(await check(empty!, { space, id: ID, version: 7, gone })).toBe('fresh');
  });
});
