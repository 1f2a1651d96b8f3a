import { orderTag, stockSpace } from './catalog-spaces.js';
import { intentsOf, invalidationsOf } from './invalidations.js';

const ID = '0f9d2f0e-54a4-4c3a-9c07-1c3d3c1a7a10';

describe('what an event of a product makes obsolete', () => {
  it.each([
    ['name', [orderTag(null, 'name')]],
    ['price_minor', [orderTag(null, 'price')]],
    ['price_note', []],
    ['name_sorted', []],
  ])('retires the orders that compare the column %s, and no others', (column, retired) => {
    const data = { id: ID, version: 7, categoryPath: [], previousCategoryPath: [], changed: [column] };
    const { tags } = invalidationsOf({ type: 'catalog.product.updated', data, transaction: '7' });
    const orders = [orderTag(null, 'name'), orderTag(null, 'price')];
    expect(tags.filter((tag) => orders.includes(tag))).toEqual(retired);
  });
});

describe('a change of stock', () => {
  const change = { type: 'catalog.stock.changed', data: { productId: ID, version: 7 }, transaction: '71' } as const;

  it('places an intent before it is committed, which its invalidation ends', () => {
    expect(intentsOf(change)).toEqual([{ key: stockSpace.key(ID), transaction: '71' }]);
    expect(invalidationsOf(change)).toEqual({
      entries: [{ key: stockSpace.key(ID), version: 7, transaction: '71' }],
      tags: [],
    });
  });
});
