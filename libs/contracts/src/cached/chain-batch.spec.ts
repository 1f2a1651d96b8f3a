import { chainBatchOf } from './chain-batch.js';
import { CATALOG_RETIRED } from './invalidations.js';
import { productSpace } from './catalog-spaces.js';

const ID = '0f9d2f0e-54a4-4c3a-9c07-1c3d3c1a7a10';
const place = { after: 3, upTo: 5, asOfMs: 1.5 };
const data = { id: ID, version: 7, categoryPath: [], previousCategoryPath: [], changed: ['price_minor'] };
const change = { type: 'catalog.product.updated', data, transaction: '7' };

describe('a batch of changes', () => {
  it('makes obsolete what each of its changes does, every tag once', () => {
    const again = { ...change, data: { ...data, version: 8 } };
    const { invalidation, ...rest } = chainBatchOf({ ...place, changes: [change, again] });
    expect(rest).toEqual(place);
    expect(invalidation.entries).toEqual([...productSpace.entries(ID, 7), ...productSpace.entries(ID, 8)]);
    expect(new Set(invalidation.tags).size).toBe(invalidation.tags.length);
  });

  it.each<[string, unknown]>([
    ['an unknown type', { ...change, type: 'catalog.product.exploded' }],
    ['data of another shape', { ...change, data: { ...data, id: 'no id' } }],
    ['no transaction', { ...change, transaction: undefined }],
    ['a transaction that is none', { ...change, transaction: '7; DROP' }],
    ['nothing at all', null],
  ])('retires everything for a change with %s, and still does what the others need', (_what, other) => {
    const { invalidation } = chainBatchOf({ ...place, changes: [other, change] });
    expect(invalidation.tags).toEqual(expect.arrayContaining([...CATALOG_RETIRED.tags]));
    expect(invalidation.entries).toEqual(productSpace.entries(ID, 7));
  });

  it('is nothing for a beat', () => {
    expect(chainBatchOf({ after: 5, upTo: 5, asOfMs: null, changes: [] })).toEqual({
      ...{ after: 5, upTo: 5, asOfMs: null },
      invalidation: { entries: [], tags: [] },
    });
  });
});
