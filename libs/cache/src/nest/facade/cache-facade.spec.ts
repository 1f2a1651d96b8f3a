import { Test } from '@nestjs/testing';
import { FacadeScene } from '../../../test/support/facade.js';
import { Cache } from '../../core/cache.js';
import { CacheFacade, CacheModule } from '../index.js';

let scene: FacadeScene;

beforeEach(() => {
  scene = new FacadeScene();
});

afterEach(() => scene.close());

describe('as cache-manager', () => {
  it('gets what was set, and forgets what was deleted', async () => {
    const manager = await scene.start();
    expect(await manager.get('/products?page=1')).toBeUndefined();
    expect(await manager.set('/products?page=1', [1, 2])).toEqual([1, 2]);
    expect(await manager.get('/products?page=1')).toEqual([1, 2]);
    expect(await manager.del('/products?page=1')).toBe(true);
    expect(await manager.get('/products?page=1')).toBeUndefined();
    expect(await manager.set('/products?page=2', 'old')).toBe('old');
    expect(await manager.set('/products?page=2', 'new')).toBe('new');
    expect(await manager.get('/products?page=2')).toBe('new');
  });

  it('keeps falsy values, and takes null and undefined for nothing', async () => {
    const manager = await scene.start();
    for (const [key, value] of Object.entries({ zero: 0, text: '', no: false, list: [] })) {
      await manager.set(key, value);
      expect(await manager.get(key)).toEqual(value);
    }
    for (const nothing of [null, undefined]) {
      await manager.set('key', 'old');
      await manager.set('key', nothing);
      expect(await manager.get('key')).toBeUndefined();
      await manager.set('key', nothing);
      expect(await manager.get('key')).toBeUndefined();
      await manager.set('key', 1);
    }
  });

  it('sets, gets and deletes several, and clears all', async () => {
    const manager = await scene.start();
    const list = [
      { key: 'a', value: 1 },
      { key: 'b', value: 2, ttl: 1_000 },
      { key: 'c', value: 3 },
    ];
    expect(await manager.mset(list)).toBe(list);
    expect(await manager.mget(['c', 'a', 'x', 'b'])).toEqual([3, 1, undefined, 2]);
    expect(await manager.mdel(['a', 'c'])).toBe(true);
    expect(await manager.mget(['a', 'b', 'c'])).toEqual([undefined, 2, undefined]);
    expect(await manager.clear()).toBe(true);
    expect(await manager.get('b')).toBeUndefined();
    await manager.set('b', 4);
    expect(await manager.get('b')).toBe(4);
  });

  it('tells listeners what happens, until they are removed', async () => {
    const manager = await scene.start();
    const told: unknown[] = [];
    const listener = (data: unknown) => told.push(data);
    manager.on('set', listener);
    manager.on('get', listener);
    manager.on('del', listener);
    await manager.set('a', 1);
    await manager.get('a');
    scene.store.fail('refuse', { only: ['invalidate'] });
    await expect(manager.del('a')).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    scene.store.heal();
    manager.off('get', listener);
    await manager.get('a');
    expect(told).toEqual([
      { key: 'a', value: 1 },
      { key: 'a', value: 1 },
      { key: 'a', error: expect.objectContaining({ code: 'INVALIDATION_PENDING' }) as unknown },
    ]);
  });

  it('has a name, no stores, and leaves the connection to its module', async () => {
    const manager = await scene.start({ entity: 'page' });
    expect([manager.cacheId(), manager.stores]).toEqual(['shop:page', []]);
    await manager.disconnect();
    await manager.set('a', 1);
    expect(await manager.get('a')).toBe(1);
  });

  it('treats as nothing what something else has stored', async () => {
    const manager = await scene.start();
    const cache = new Cache({ store: scene.store, clock: scene.clock });
    for (const stored of ['"text"', 'null', '{"other":1}', '{"value":1,"ttlMs":"x"}']) {
      await manager.set('a', 1);
      await cache.invalidate({ entries: [{ key: 'shop:http:a' }], tags: [] });
      const [stamp = ''] = await scene.store.currentTags(['shop:generation:http' as never]);
      const request = { token: 't', leaseMs: 1_000, tombstoneMs: 1_000 };
      await scene.store.lease('shop:http:a', { ...request, stamp });
      await scene.store.fill('shop:http:a', {
        ...request,
        version: 0,
        mark: 'AAAAA',
        payload: stamp + stored,
        ttlMs: 9_000,
      });
      expect(await manager.get('a')).toBeUndefined();
      await manager.set('a', null);
    }
  });
});

it('tells of every get how it was answered, also while one before it has reserved the key', async () => {
  const lifetimes = { staleMs: 2_000, graceMs: 600_000 };
  const [manager, other] = [await scene.start(lifetimes), await scene.start(lifetimes)];
  await Promise.all(Array.from({ length: 4 }, () => manager.get('a')));
  expect(scene.reads).toEqual(Array.from({ length: 4 }, () => 'miss source'));
  await other.set('a', 1, 1_000);
  scene.reads = [];
  for (const passedMs of [0, 1_500, 2_000]) {
    scene.nowMs += passedMs;
    await manager.get('a');
  }
  scene.store.fail('refuse');
  await manager.get('a');
  scene.store.heal();
  expect(scene.reads).toEqual(['hit store', 'stale store', 'miss source', 'bypass source']);
});

describe('when the store does not answer', () => {
  it('resolves sets, and reads nothing of the key until it is deleted there', async () => {
    const manager = await scene.start();
    await manager.set('a', 'old');
    scene.store.fail('refuse');
    expect(await manager.set('a', 'new')).toBe('new');
    scene.store.heal();
    scene.store.fail('refuse', { only: ['invalidate'] });
    expect(await manager.get('a')).toBeUndefined();
    scene.store.heal();
  });

  it('rejects a set that nobody will repeat, and tells listeners', async () => {
    const app = await Test.createTestingModule({
      imports: [
        CacheModule.forRoot({ store: scene.store, maxPendingInvalidations: 0 }),
        CacheModule.forCacheManager({ service: 'shop', ttlMs: 1 }),
      ],
    }).compile();
    const manager = app.get(CacheFacade);
    const told: unknown[] = [];
    manager.on('clear', (error) => told.push(error));
    scene.store.fail('refuse');
    await expect(manager.set('a', 1)).rejects.toMatchObject({ code: 'INVALIDATION_LOST' });
    await expect(manager.clear()).rejects.toMatchObject({ code: 'INVALIDATION_LOST' });
    expect(told).toMatchObject([{ code: 'INVALIDATION_LOST' }]);
    scene.store.heal();
  });
});
