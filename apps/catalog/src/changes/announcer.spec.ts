import { Cache, MemoryStore } from '@larder/cache';
import type { CatalogChange } from '@larder/contracts';
import { Registry } from 'prom-client';
import { Bell } from '../outbox/bell.js';
import { Announcer } from './announcer.js';

const ID = '0f9d2f0e-54a4-4c3a-9c07-1c3d3c1a7a10';
const EVENT: CatalogChange = {
  transaction: '7',
  type: 'catalog.product.updated',
  data: { id: ID, version: 7, categoryPath: [], previousCategoryPath: [], changed: ['price_minor'] },
};

/** A store that does not answer invalidations. */
class DeafStore extends MemoryStore {
  override invalidate(): Promise<void> {
    return new Promise(() => undefined);
  }
}

describe('the announcer', () => {
  const announcer = (store: MemoryStore, maxPendingInvalidations = 10) => {
    const [bell, registry, cache] = [
      new Bell(),
      new Registry(),
      new Cache({ store, operationTimeoutMs: 20, maxPendingInvalidations }),
    ];
    return { bell, registry, cache, announcer: new Announcer(cache, bell, registry) };
  };

  it('rings the bell and answers the result once the cache has applied the change', async () => {
    const parts = announcer(new MemoryStore());
    expect(await parts.announcer.announce({ result: 'done', changes: [EVENT] })).toMatchObject({
      data: 'done',
      freshness: 'applied',
      versions: { [`product-${ID}`]: 7 },
    });
    await parts.bell.wait(1_000_000);
    expect(await parts.registry.metrics()).toContain('larder_direct_invalidations_total{outcome="applied"} 1');
  });

  it('answers the result although the cache does not answer, and counts it', async () => {
    const parts = announcer(new DeafStore());
    expect(await parts.announcer.announce({ result: 'done', changes: [EVENT] })).toMatchObject({
      data: 'done',
      freshness: 'pending',
      versions: { [`product-${ID}`]: 7 },
    });
    expect(await parts.registry.metrics()).toContain('larder_direct_invalidations_total{outcome="pending"} 1');
    await parts.cache.close();
  });

  it('counts apart what nothing in the process repeats', async () => {
    const parts = announcer(new DeafStore(), 0);
    expect(await parts.announcer.announce({ result: 'done', changes: [EVENT] })).toMatchObject({
      freshness: 'pending',
    });
    expect(await parts.registry.metrics()).toContain('larder_direct_invalidations_total{outcome="lost"} 1');
    await parts.cache.close();
  });

  it('leaves all alone when nothing changed', async () => {
    const parts = announcer(new DeafStore());
    expect(await parts.announcer.announce({ result: 0, changes: [] })).toEqual({
      data: 0,
      cache: [],
      freshness: 'applied',
      versions: {},
    });
  });
});
