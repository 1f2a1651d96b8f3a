import type { Cache as CacheManager } from 'cache-manager';
import { Inject, Injectable, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { TestingModule } from '@nestjs/testing';
import { Cache } from '../../core/cache.js';
import type { CacheEvent } from '../../core/events.js';
import { MemoryStore } from '../../core/memory-store.js';
import { deferred } from '../../testing/deferred.js';
import { FaultyStore } from '../../testing/faulty-store.js';
import { CACHE_MANAGER, CacheFacade, CacheModule, type CacheFacadeOptions } from '../index.js';

const HOUR_MS = 3_600_000;

/** What a user of cache-manager has; that the facade fits its type is what the compiler checks here. */
@Injectable()
class Users {
  readonly manager: CacheManager;

  constructor(@Inject(CACHE_MANAGER) facade: CacheFacade) {
    this.manager = facade;
  }
}

@Module({ providers: [Users] })
class UsersModule {}

let nowMs: number;
let store: FaultyStore;
let reads: string[];
const onEvent = (event: CacheEvent): void => {
  if (event.type === 'read') reads.push(`${event.outcome} ${event.tier}`);
};
const apps: TestingModule[] = [];

async function start(options: Partial<CacheFacadeOptions> = {}): Promise<CacheManager> {
  const facade = CacheModule.forCacheManager({ service: 'shop', ttlMs: HOUR_MS, ...options });
  const app = await Test.createTestingModule({
    imports: [
      CacheModule.forRoot({ store, clock: { now: () => nowMs, sleep: async () => undefined }, onEvent }),
      facade,
      UsersModule,
    ],
  }).compile();
  await app.init();
  apps.push(app);
  return app.get(Users).manager;
}

beforeEach(() => {
  nowMs = Date.now();
  reads = [];
  store = new FaultyStore(new MemoryStore({ now: () => nowMs }));
});

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

describe('as cache-manager', () => {
  it('gets what was set, and forgets what was deleted', async () => {
    const manager = await start();
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
    const manager = await start();
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

  it('keeps each value for its own TTL, or for that of the module', async () => {
    const manager = await start();
    await manager.set('short', 1, 1_000);
    await manager.set('usual', 2);
    await manager.set('long', 3, 0);
    const [short, usual, long] = await Promise.all(['short', 'usual', 'long'].map((key) => manager.ttl(key)));
    for (const [expires, ttlMs] of [
      [short, 1_000],
      [usual, HOUR_MS],
      [long, 720 * HOUR_MS],
    ] as const) {
      expect(expires! - nowMs).toBeGreaterThan(ttlMs * 0.9 - 100);
      expect(expires! - nowMs).toBeLessThan(ttlMs + 1_000);
    }
    expect(await manager.ttl('none')).toBeUndefined();
    nowMs += 1_001;
    expect(await manager.mget(['short', 'usual', 'long'])).toEqual([undefined, 2, 3]);
    nowMs += HOUR_MS;
    expect(await manager.mget(['short', 'usual', 'long'])).toEqual([undefined, undefined, 3]);
  });

  it.each([Infinity, NaN, -1, 0, '1000' as unknown as number])(
    'keeps a value as long as can be with the TTL %s',
    async (ttl) => {
      const manager = await start();
      await manager.set('a', 1, ttl);
      await manager.wrap('b', () => 2, ttl);
      nowMs += 600 * HOUR_MS;
      expect(await manager.mget(['a', 'b'])).toEqual([1, 2]);
    },
  );

  it('says of nothing when it will be gone that a get does not find', async () => {
    const manager = await start({ staleMs: 2_000, graceMs: 600_000 });
    for (const key of ['a', 'b']) await manager.set(key, 1, 1_000);
    const goneAtMs = (await manager.ttl('a'))!;
    expect(goneAtMs - Date.now()).toBeGreaterThan(2_800);
    expect(goneAtMs - Date.now()).toBeLessThan(3_001);
    nowMs += 1_500; // stale
    expect((await manager.ttl('a'))! - Date.now()).toBeLessThan(1_501);
    nowMs += 2_000; // in grace
    expect([await manager.get('a'), await manager.ttl('a')]).toEqual([undefined, undefined]);
    await manager.set('b', 1);
    await manager.clear();
    expect([await manager.get('b'), await manager.ttl('b')]).toEqual([undefined, undefined]);
  });

  it('sets, gets and deletes several, and clears all', async () => {
    const manager = await start();
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

  it('wraps a load: once for all who ask, with a TTL of its own or one that the value tells', async () => {
    const manager = await start();
    const loaded = deferred<string>();
    let loads = 0;
    const load = () => (loads++, loaded.promise);
    const both = [manager.wrap('a', load, 1_000), manager.wrap('a', load, 1_000)];
    loaded.resolve('value');
    expect(await Promise.all(both)).toEqual(['value', 'value']);
    expect(loads).toBe(1);
    nowMs += 1_001;
    expect(await manager.wrap('a', () => 'again')).toBe('again');
    expect(await manager.wrap('b', () => null, { ttl: () => 5_000 })).toBeNull();
    expect(await manager.wrap('b', () => 'not called')).toBeNull();
    expect(await manager.wrap('c', (): unknown => undefined)).toBeUndefined();
    const { value, expires } = (await manager.wrap('b', () => 'not called', { raw: true }))!;
    expect(value).toBeNull();
    expect(expires! - Date.now()).toBeGreaterThan(4_300);
    expect(expires! - Date.now()).toBeLessThan(5_001);
    await expect(manager.wrap('d', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  it('tells listeners what happens, until they are removed', async () => {
    const manager = await start();
    const told: unknown[] = [];
    const listener = (data: unknown) => told.push(data);
    manager.on('set', listener);
    manager.on('get', listener);
    manager.on('del', listener);
    await manager.set('a', 1);
    await manager.get('a');
    store.fail('refuse', { only: ['invalidate'] });
    await expect(manager.del('a')).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    store.heal();
    manager.off('get', listener);
    await manager.get('a');
    expect(told).toEqual([
      { key: 'a', value: 1 },
      { key: 'a', value: 1 },
      { key: 'a', error: expect.objectContaining({ code: 'INVALIDATION_PENDING' }) as unknown },
    ]);
  });

  it('has a name, no stores, and leaves the connection to its module', async () => {
    const manager = await start({ entity: 'page' });
    expect([manager.cacheId(), manager.stores]).toEqual(['shop:page', []]);
    await manager.disconnect();
    await manager.set('a', 1);
    expect(await manager.get('a')).toBe(1);
  });

  it('treats as nothing what something else has stored', async () => {
    const manager = await start();
    const cache = new Cache({ store, clock: { now: () => nowMs, sleep: async () => undefined } });
    for (const stored of ['"text"', 'null', '{"other":1}', '{"value":1,"ttlMs":"x"}']) {
      await manager.set('a', 1);
      await cache.invalidate({ entries: [{ key: 'shop:http:a' }], tags: [] });
      const [stamp = ''] = await store.currentTags(['shop:generation:http' as never]);
      const request = { token: 't', leaseMs: 1_000, tombstoneMs: 1_000 };
      await store.lease('shop:http:a', { ...request, stamp });
      await store.fill('shop:http:a', { ...request, version: 0, mark: 'AAAAA', payload: stamp + stored, ttlMs: 9_000 });
      expect(await manager.get('a')).toBeUndefined();
      await manager.set('a', null);
    }
  });
});

describe('what is loaded is never older than the last deletion', () => {
  it('a set after a deletion by another process, since the get that missed, stores nothing', async () => {
    const [first, second] = [await start(), await start()];
    expect(await first.get('a')).toBeUndefined();
    await second.del('a');
    expect(await first.set('a', 'old')).toBe('old');
    expect(await first.get('a')).toBeUndefined();
    await first.set('a', 'new');
    expect(await second.get('a')).toBe('new');
  });

  it('nor after a clear', async () => {
    const [first, second] = [await start(), await start()];
    await first.get('a');
    await second.clear();
    await first.set('a', 'old');
    expect(await second.get('a')).toBeUndefined();
  });

  it('nor does a set whose get began before the deletion, when another get came after it', async () => {
    const [first, second] = [await start(), await start()];
    await first.get('a'); // loads the old value, and is slow
    await second.del('a');
    await first.get('a'); // loads the new one
    await first.set('a', 'old');
    expect(await second.get('a')).toBeUndefined();
    await first.set('a', 'new');
    expect(['new', undefined]).toContain(await second.get('a'));
  });

  it('nor does one that missed while another process had the reservation', async () => {
    const [first, second] = [await start(), await start()];
    await second.get('a');
    await first.get('a');
    await second.del('a');
    await first.set('a', 'old');
    expect(await first.get('a')).toBeUndefined();
  });

  it('nor does one that missed while the store did not answer', async () => {
    const [first, second] = [await start(), await start()];
    store.fail('refuse', { only: ['look'], times: 1 });
    expect(await first.get('a')).toBeUndefined();
    await second.del('a');
    await first.set('a', 'old');
    expect(await second.get('a')).toBeUndefined();
  });

  it('nor does one whose get missed just before the key was reserved', async () => {
    const [first, second] = [await start(), await start()];
    const asked = [first.get('a'), first.get('a')];
    await Promise.all(asked);
    await second.del('a');
    await first.set('a', 'old');
    await first.set('a', 'old');
    expect(await second.get('a')).toBeUndefined();
  });

  it('nor does one that follows the set of another, which was committed after this one was loaded', async () => {
    const [first, second] = [await start(), await start()];
    await first.get('a'); // loads the old value
    await first.set('a', 'new'); // a change that is committed meanwhile
    expect(await first.set('a', 'old')).toBe('old');
    expect(await second.get('a')).toBeUndefined();
  });

  it('nor does one whose get was refused before another wrote', async () => {
    const [first, second] = [await start(), await start()];
    await second.get('a');
    await first.get('a'); // loads the old value, as the second does
    await first.set('a', 'new');
    await second.set('a', 'new');
    await first.set('a', 'old');
    expect(await second.get('a')).toBeUndefined();
  });

  it('and a change that comes after the set of a load takes the reservations of others, though it does not store', async () => {
    const [first, second] = [await start(), await start()];
    await first.get('a');
    await first.set('a', 'old');
    await second.del('a');
    await second.get('a'); // loads the old value
    await first.set('a', 'new');
    await second.set('a', 'old');
    expect(await first.get('a')).toBeUndefined();
  });

  it('and what is set again as it is stays', async () => {
    const [first, second] = [await start(), await start()];
    await first.get('a');
    await first.set('a', 'same');
    await first.set('a', 'same');
    expect(await second.get('a')).toBe('same');
  });

  it('a write takes the reservations of loads that run', async () => {
    const [first, second] = [await start(), await start()];
    await first.get('a'); // loads the old value
    await second.set('a', 'new');
    await first.set('a', 'old');
    expect(await second.get('a')).toBe('new');
  });
});

describe('several at a time', () => {
  it('of several gets that miss, any may store, and the others change nothing if they loaded the same', async () => {
    const [manager, other] = [await start(), await start()];
    await Promise.all([manager.get('a'), manager.get('a'), other.get('a')]);
    await other.set('a', { n: 1 });
    expect(await manager.get('a')).toBeUndefined();
    await manager.set('a', { n: 1 });
    expect(await other.get('a')).toEqual({ n: 1 });
    await manager.set('a', { n: 1 });
    await manager.set('a', { n: 1 });
    expect(await manager.get('a')).toEqual({ n: 1 });
  });

  it('deletes the key if they differ, so that nobody reads less than was set last', async () => {
    const manager = await start();
    await Promise.all([manager.get('a'), manager.get('a')]);
    await manager.set('a', 1);
    await manager.set('a', 2);
    expect(await manager.get('a')).toBeUndefined();
  });

  it('finds what was stored while a set is still awaited', async () => {
    const [manager, other] = [await start(), await start()];
    await Promise.all([manager.get('a'), manager.get('a')]);
    await manager.set('a', 1);
    expect(await manager.get('a')).toBe(1);
    expect(await other.get('a')).toBe(1);
  });
});

it('tells of every get how it was answered, also while one before it has reserved the key', async () => {
  const lifetimes = { staleMs: 2_000, graceMs: 600_000 };
  const [manager, other] = [await start(lifetimes), await start(lifetimes)];
  await Promise.all(Array.from({ length: 4 }, () => manager.get('a')));
  expect(reads).toEqual(Array.from({ length: 4 }, () => 'miss source'));
  await other.set('a', 1, 1_000);
  reads = [];
  for (const passedMs of [0, 1_500, 2_000]) {
    nowMs += passedMs;
    await manager.get('a');
  }
  store.fail('refuse');
  await manager.get('a');
  store.heal();
  expect(reads).toEqual(['hit store', 'stale store', 'miss source', 'bypass source']);
});

describe('when the store does not answer', () => {
  it('resolves sets, and reads nothing of the key until it is deleted there', async () => {
    const manager = await start();
    await manager.set('a', 'old');
    store.fail('refuse');
    expect(await manager.set('a', 'new')).toBe('new');
    store.heal();
    store.fail('refuse', { only: ['invalidate'] });
    expect(await manager.get('a')).toBeUndefined();
    store.heal();
  });

  it('rejects a set that nobody will repeat, and tells listeners', async () => {
    const app = await Test.createTestingModule({
      imports: [
        CacheModule.forRoot({ store, maxPendingInvalidations: 0 }),
        CacheModule.forCacheManager({ service: 'shop', ttlMs: 1 }),
      ],
    }).compile();
    const manager = app.get(CacheFacade);
    const told: unknown[] = [];
    manager.on('clear', (error) => told.push(error));
    store.fail('refuse');
    await expect(manager.set('a', 1)).rejects.toMatchObject({ code: 'INVALIDATION_LOST' });
    await expect(manager.clear()).rejects.toMatchObject({ code: 'INVALIDATION_LOST' });
    expect(told).toMatchObject([{ code: 'INVALIDATION_LOST' }]);
    store.heal();
  });
});

describe('options', () => {
  it.each([0, -1, 1.5, NaN, Infinity])('awaits no set for %d milliseconds', (longestLoadMs) => {
    const options = { service: 'shop', ttlMs: 1, longestLoadMs };
    expect(() => CacheModule.forCacheManager(options)).toThrow(
      `longestLoadMs is an integer of 1 or more, not ${longestLoadMs}`,
    );
  });

  it.each([
    [30_000, {}],
    [undefined, { tombstoneMs: 10_000 }],
  ])('awaits no set for %s milliseconds where %j', async (longestLoadMs, options) => {
    const facade = CacheModule.forCacheManager({ service: 'shop', ttlMs: 1, ...(longestLoadMs && { longestLoadMs }) });
    const starting = Test.createTestingModule({
      imports: [CacheModule.forRoot({ store, ...options }), facade],
    }).compile();
    await expect(starting).rejects.toThrow(RangeError);
    await expect(starting).rejects.toThrow('longestLoadMs is below tombstoneMs');
  });

  it('needs a TTL that is one', () => {
    expect(() => CacheModule.forCacheManager({ service: 'shop', ttlMs: 0 })).toThrow('ttlMs is greater than 0');
  });

  it('says what is missing without a Cache', async () => {
    const facade = CacheModule.forCacheManager({ service: 'shop', ttlMs: 1 });
    const starting = Test.createTestingModule({ imports: [facade] }).compile();
    await expect(starting).rejects.toThrow('import CacheModule.forRoot(...) too');
  });
});
