import type { CatalogEvent } from '../events/catalog-event.js';
import { VersionedName, versionsOf } from './versions.js';

const [PRODUCT, CATEGORY] = ['0f9d2f0e-54a4-4c3a-9c07-1c3d3c1a7a10', '0f9d2f0e-54a4-4c3a-9c07-1c3d3c1a7a11'] as const;
const product = (type: 'updated' | 'deleted', version: number): CatalogEvent => ({
  type: `catalog.product.${type}`,
  data: { id: PRODUCT, version, categoryPath: [], previousCategoryPath: [], changed: [] },
});

describe('the versions that a change made', () => {
  it('are those of its events, by kind and id, a deletion too, and the later one of a row that changed twice', () => {
    const events: CatalogEvent[] = [
      product('updated', 7),
      { type: 'catalog.stock.changed', data: { productId: PRODUCT, version: 8 } },
      { type: 'catalog.category.created', data: { id: CATEGORY, version: 9, path: [], previousPath: [], changed: [] } },
      product('deleted', 10),
    ];
    const versions = versionsOf(events);
    expect(versions).toEqual({ [`product-${PRODUCT}`]: 10, [`stock-${PRODUCT}`]: 8, [`category-${CATEGORY}`]: 9 });
    for (const name of Object.keys(versions)) expect(VersionedName.parse(name)).toBe(name);
  });

  it.each(['order-0f9d2f0e-54a4-4c3a-9c07-1c3d3c1a7a10', `product-${PRODUCT.toUpperCase()}`, 'product-', '__proto__'])(
    'are never of %s',
    (name) => {
      expect(VersionedName.safeParse(name).success).toBe(false);
    },
  );
});
