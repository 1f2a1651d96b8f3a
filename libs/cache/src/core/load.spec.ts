import { AsyncLocalStorage } from 'node:async_hooks';
import { z } from 'zod';
import { deferred } from '../testing/deferred.js';
import { ManualClock } from '../testing/manual-clock.js';
import { turns } from '../testing/turns.js';
import { Cache } from './cache.js';
import type { CacheOptions } from './cache-options.js';
import type { CacheEvent } from './events.js';
import { LoadGate } from './load.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace } from './define-space.js';

const TTL_MS = 10_000;
const settings = { service: 'shop', value: z.unknown(), ttlMs: TTL_MS, errorBackoffMs: 0 };
const outer = defineSpace<unknown>({ ...settings, entity: 'outer' });
const inner = defineSpace<unknown>({ ...settings, entity: 'inner', staleMs: 5_000 });

function setUp(more: Partial<CacheOptions>) {
  const clock = new ManualClock();
  const events: CacheEvent[] = [];
  const store = new MemoryStore({ now: clock.now });
  const cache = new Cache({ store, clock, loadTimeoutMs: 1_000, onEvent: (event) => events.push(event), ...more });
  return { outer: cache.space(outer), inner: cache.space(inner), clock, events };
}

describe('a load that reads through the cache', () => {
  it('of another space waits for no place that it holds itself', async () => {
    const cache = setUp({ loadConcurrency: 1 });
    const load = (id: string) => () => cache.inner.getOrSet(id, async () => `inner ${id}`);
    const values = await Promise.all(['1', '2'].map((id) => cache.outer.getOrSet(id, load(id))));
    expect(values).toEqual(['inner 1', 'inner 2']);
  });

  it('has its own timeout within', async () => {
    const cache = setUp({ loadConcurrency: 1, loadTimeoutMs: 30 });
    const never = (): Promise<never> => new Promise(() => undefined);
    const within: unknown[] = [];
    const load = (): Promise<unknown> => cache.inner.getOrSet('1', never).catch((error: unknown) => within.push(error));
    await cache.outer.getOrSet('1', load).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(within).toMatchObject([{ code: 'LOAD_TIMEOUT' }]);
  });
});

it('begins a load that had to wait in the context of its own caller', async () => {
  const context = new AsyncLocalStorage<string>();
  const gate = new LoadGate({ loadConcurrency: 1, loadQueue: 1, loadTimeoutMs: 1_000 });
  const first = deferred<undefined>();
  const runs = [
    context.run('first', () => gate.run(() => first.promise)),
    context.run('second', () => gate.run(async () => context.getStore())),
  ];
  first.resolve(undefined);
  expect(await Promise.all(runs)).toEqual([undefined, 'second']);
});

describe('loads in the background', () => {
  const ids = ['1', '2', '3', '4', '5', '6'];

  it('leave half of the places to readers, who are never rejected for them', async () => {
    const { clock, events, ...cache } = setUp({ loadConcurrency: 4, loadQueue: 0 });
    for (const id of ids) await cache.inner.getOrSet(id, async () => 'old');
    clock.advance(TTL_MS + 1);
    const refreshed = deferred<unknown>();
    let loads = 0;
    const load = (): Promise<unknown> => (loads++, refreshed.promise);
    const reads = await Promise.all(ids.map((id) => cache.inner.read(id, load)));
    expect(reads.map(({ outcome }) => outcome)).toEqual(ids.map(() => 'stale'));
    await turns();
    expect(loads).toBe(3); // the last one began when half of the places were free
    expect(await cache.outer.getOrSet('1', async () => 'new')).toBe('new');
    refreshed.resolve('new');
    await turns();
    const failures = events.filter((event) => event.type === 'load' && event.failed);
    expect(failures).toEqual([]);
  });

  it('that were refused are tried by the next reader, without a back-off or a lease in the way', async () => {
    const { clock, ...cache } = setUp({ loadConcurrency: 2, loadQueue: 0 });
    for (const id of ids) await cache.inner.getOrSet(id, async () => 'old');
    clock.advance(TTL_MS + 1);
    const refreshed = deferred<unknown>();
    await Promise.all(ids.map((id) => cache.inner.read(id, () => refreshed.promise)));
    await turns();
    expect(await cache.inner.getOrSet('6', async () => 'refused')).toBe('old');
    refreshed.resolve('new');
    await turns();
    expect(await cache.inner.getOrSet('6', async () => 'newer')).toBe('old');
    await turns();
    expect(await cache.inner.getOrSet('6', async () => 'newest')).toBe('newer');
  });
});
