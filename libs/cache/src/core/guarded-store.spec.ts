import { z } from 'zod';
import { deferred } from '../testing/deferred.js';
import { Cache } from './cache.js';
import type { CacheOptions } from './cache.js';
import type { CacheEvent } from './events.js';
import { StoreRefusal } from './errors.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace } from './space.js';
import type { Store } from './store.js';
import { tag } from './tag.js';

const rows = defineSpace({ service: 'shop', entity: 'row', value: z.coerce.number(), version: Number, ttlMs: 60_000 });
const label = tag('shop', 'members', 'all');

/** A memory store whose connection can be cut. */
class CuttableStore extends MemoryStore {
  cut = false;
  frozen = false;
  /** Whether it refuses whatever would need room. */
  full = false;
  /** What an answer waits for on its way back. */
  delay: Promise<unknown> = Promise.resolve();
  looks = 0;
  pings = 0;

  override look(...args: Parameters<Store['look']>): ReturnType<Store['look']> {
    this.looks++;
    if (this.frozen) return new Promise(() => undefined);
    const found = super.look(...args);
    return this.cut ? Promise.reject(new Error('cut')) : this.delay.then(() => found);
  }

  override currentTags(...args: Parameters<Store['currentTags']>): ReturnType<Store['currentTags']> {
    return this.full ? Promise.reject(new StoreRefusal('full')) : super.currentTags(...args);
  }

  override lease(...args: Parameters<Store['lease']>): ReturnType<Store['lease']> {
    return this.full ? Promise.reject(new StoreRefusal('full')) : super.lease(...args);
  }

  override now(): Promise<number> {
    this.pings++;
    if (this.frozen) return new Promise(() => undefined);
    return this.cut ? Promise.reject(new Error('cut')) : super.now();
  }

  override invalidate(...args: Parameters<Store['invalidate']>): Promise<void> {
    return this.cut ? Promise.reject(new Error('cut')) : super.invalidate(...args);
  }
}

function setUp(more: Partial<CacheOptions> = {}) {
  const events: CacheEvent[] = [];
  const store = new CuttableStore();
  const cache = new Cache({ store, breakAfter: 3, probeAfterMs: 1, onEvent: (event) => events.push(event), ...more });
  return { store, cache, events };
}

describe('a store that is full', () => {
  it('goes on answering hits, whatever it refuses', async () => {
    const { store, cache, events } = setUp({ breakAfter: 1 });
    const space = cache.space(rows);
    await space.getOrSet('hot', async () => 1);
    store.full = true;
    for (const id of ['1', '2', '3']) {
      expect(await space.read(id, async () => 2)).toMatchObject({ value: 2, outcome: 'miss', stored: false });
      expect(await space.read('hot', async () => 2)).toMatchObject({ value: 1, outcome: 'hit' });
    }
    expect(events.map(({ type }) => type)).not.toContain('circuit');
  });

  it('is not mistaken for one that hangs: the next operation has its full time', async () => {
    const { store, cache } = setUp({ operationTimeoutMs: 200 });
    const space = cache.space(rows);
    await space.getOrSet('hot', async () => 1);
    store.full = true;
    await space.getOrSet('1', async () => 1);
    store.delay = new Promise((resolve) => setTimeout(resolve, 100));
    expect(await space.read('hot', async () => 2)).toMatchObject({ value: 1, outcome: 'hit' });
  });

  it('costs only the reads whose tags it does not have', async () => {
    const { store, cache } = setUp();
    const space = cache.space(rows);
    await space.getOrSet('hot', async () => 1);
    store.full = true;
    const [tagged, hot] = await Promise.all([
      space.read('list', async () => 2, { tags: [label] }),
      space.read('hot', async () => 2),
    ]);
    expect(tagged).toMatchObject({ value: 2, outcome: 'bypass', stored: false });
    expect(hot).toMatchObject({ value: 1, outcome: 'hit' });
  });

  it('says what it refuses, and why', async () => {
    const { store, cache, events } = setUp();
    store.full = true;
    await cache.space(rows).getOrSet('1', async () => 1);
    expect(events).toContainEqual({
      type: 'operation',
      operation: 'tags',
      durationMs: expect.any(Number) as number,
      failed: true,
      error: new StoreRefusal('full'),
    });
  });
});

describe('a store that cannot be reached', () => {
  it('is left alone after some failures', async () => {
    const { store, cache, events } = setUp({ probeAfterMs: 60_000 });
    store.cut = true;
    for (let read = 0; read < 10; read++) {
      const answered = await cache.space(rows).read('1', async () => 1);
      expect(answered).toMatchObject({ value: 1, outcome: 'bypass', stored: false });
    }
    expect(store.looks).toBe(3);
    expect(events).toContainEqual({ type: 'circuit', state: 'open' });
  });

  it('is asked again later, and used again when it answers', async () => {
    const { store, cache, events } = setUp();
    store.cut = true;
    for (let read = 0; read < 3; read++) await cache.space(rows).read('1', async () => 1);
    store.cut = false;
    await until(async () => (await cache.space(rows).read('1', async () => 1)).stored);
    expect(events).toContainEqual({ type: 'circuit', state: 'closed' });
  });

  it('is waited for in full once, and then more briefly', async () => {
    const { store, cache, events } = setUp({ operationTimeoutMs: 1_000 });
    store.frozen = true;
    await cache.space(rows).getOrSet('1', async () => 1);
    await cache.space(rows).getOrSet('1', async () => 1);
    const [first = 0, second] = events.flatMap((event) => (event.type === 'operation' ? [event.durationMs] : []));
    expect(first).toBeGreaterThan(990);
    expect(second).toBeLessThan(750);
  });

  it('is probed in the background when it hangs: no read waits for that', async () => {
    const { store, cache, events } = setUp({ operationTimeoutMs: 100 });
    const read = (id = '1'): Promise<number> => cache.space(rows).getOrSet(id, async () => 1);
    store.frozen = true;
    for (const id of ['1', '2', '3']) await read(id);
    await until(async () => {
      await read();
      return events.some((event) => event.type === 'circuit' && event.state === 'half-open');
    });
    await read();
    expect(store.looks).toBe(3);
    expect(store.pings - store.looks).toBe(1); // each look asks for the time too, until it is known
  });

  it('keeps what was invalidated from being served by this process until the store has applied it', async () => {
    const { store, cache } = setUp();
    await cache.space(rows).getOrSet('1', async () => 1);
    await cache.space(rows).getOrSet('list', async () => 1, { tags: [label] });
    store.cut = true;
    const change = cache.invalidate({ entries: [...rows.entries('1', 2), ...rows.entries('1', 3)], tags: [label] });
    await expect(change).rejects.toMatchObject({ code: 'INVALIDATION_PENDING', cause: new Error('cut') });
    expect(cache.pendingInvalidations).toBe(2);
    store.cut = false; // it has kept the old values
    expect(await cache.space(rows).getOrSet('1', async () => 3)).toBe(3);
    expect(await cache.space(rows).getOrSet('list', async () => 3, { tags: [label] })).toBe(3);
    await until(async () => cache.pendingInvalidations === 0);
    expect(await cache.space(rows).read('1', async () => 3)).toMatchObject({ value: 3, outcome: 'miss', stored: true });
    await cache.close();
  });

  it('does not serve an answer that left the store before a waiting invalidation was applied', async () => {
    const { store, cache } = setUp({ operationTimeoutMs: 60_000 });
    await cache.space(rows).getOrSet('1', async () => 1);
    store.cut = true;
    await expect(cache.space(rows).invalidate('1', { version: 2 })).rejects.toMatchObject({
      code: 'INVALIDATION_PENDING',
    });
    store.cut = false;
    const answered = deferred<undefined>();
    store.delay = answered.promise;
    const read = cache.space(rows).read('1', async () => 2); // finds the old value, and is told late
    await until(async () => cache.pendingInvalidations === 0);
    answered.resolve(undefined);
    expect(await read).toMatchObject({ value: 2, outcome: 'bypass' });
    await cache.close();
  });

  it('is told of invalidations even while reads are kept from it', async () => {
    const { store, cache, events } = setUp({ probeAfterMs: 60_000 });
    await cache.space(rows).getOrSet('1', async () => 1);
    store.cut = true;
    for (let read = 0; read < 3; read++) await cache.space(rows).getOrSet('2', async () => 2);
    expect(events).toContainEqual({ type: 'circuit', state: 'open' });
    store.cut = false;
    await cache.space(rows).invalidate('1', { version: 2 });
    expect((await new Cache({ store }).space(rows).peek('1')).status).toBe('absent');
  });

  it('retires the space when too many of its invalidations wait, and none is lost', async () => {
    const { store, cache, events } = setUp({ maxPendingInvalidations: 2 });
    const space = cache.space(rows);
    for (const id of ['1', '2', '3', '4']) await space.getOrSet(id, async () => 1);
    store.cut = true;
    for (const id of ['1', '2', '3']) {
      await expect(space.invalidate(id, { version: 2 })).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    }
    await expect(space.invalidate('1', { version: 3 })).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    expect(cache.pendingInvalidations).toBe(1);
    expect(events).toContainEqual({ type: 'retired', space: 'shop:row', reason: 'overflow' });
    store.cut = false;
    await until(async () => cache.pendingInvalidations === 0);
    for (const id of ['1', '2', '3', '4']) expect((await space.peek(id)).status).toBe('absent');
    await cache.close();
  });

  it('is told as applied when the store is back, several of one entry as one', async () => {
    const { store, cache, events } = setUp();
    store.cut = true;
    for (const version of [2, 3]) {
      const change = cache.invalidate({ entries: rows.entries('1', version), tags: [label] });
      await expect(change).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    }
    store.cut = false;
    await until(async () => cache.pendingInvalidations === 0);
    const told = { type: 'invalidation', entries: 1, tags: 1 };
    expect(events.filter(({ type }) => type === 'invalidation')).toEqual([
      { ...told, result: 'queued', pending: 2 },
      { ...told, result: 'queued', pending: 2 },
      { ...told, result: 'applied', pending: 0 },
    ]);
    await cache.close();
  });

  it('is told of all that waits when the cache is closed', async () => {
    const { store, cache, events } = setUp();
    const ids = Array.from({ length: 1_200 }, (_, id) => String(id));
    store.cut = true;
    await expect(cache.space(rows).invalidate(ids)).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    store.cut = false;
    await cache.close();
    expect(cache.pendingInvalidations).toBe(0);
    expect(events).not.toContainEqual(expect.objectContaining({ result: 'dropped' }));
  });

  it('costs what still waits when the cache is closed, and that is told', async () => {
    const { store, cache, events } = setUp();
    store.cut = true;
    const change = cache.invalidate({ entries: rows.entries('1', 2), tags: [label] });
    await expect(change).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    await cache.close();
    expect(events.at(-1)).toEqual({ type: 'invalidation', entries: 1, tags: 1, result: 'dropped', pending: 2 });
  });

  it('says so when too many tags wait, or none may', async () => {
    const { store, cache, events } = setUp({ maxPendingInvalidations: 0 });
    store.cut = true;
    await expect(cache.invalidate({ entries: rows.entries('2', 2), tags: [] })).rejects.toMatchObject({
      code: 'INVALIDATION_LOST',
    });
    expect(events).toContainEqual({ type: 'invalidation', entries: 1, tags: 0, result: 'rejected', pending: 0 });
    await cache.close();
  });
});

/** Waits for something that happens in the background, by the clock: a quiet machine takes thousands of turns in no time. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 4_000;
  while (performance.now() < deadlineMs) {
    if (await condition()) return;
    await new Promise(setImmediate);
  }
  throw new Error('It has not happened');
}
