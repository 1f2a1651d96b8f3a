import { z } from 'zod';
import { deferred } from '../testing/deferred.js';
import { ManualClock } from '../testing/manual-clock.js';
import { turns } from '../testing/turns.js';
import { Cache } from './cache.js';
import type { CacheEvent } from './events.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace, type SpaceDefinition } from './space.js';

const Row = z.object({ version: z.number() });
type Row = z.infer<typeof Row>;
const row = (version: number): Row => ({ version });
const never = (): Promise<never> => Promise.reject(new Error('must not load'));
/** Past the TTL of every entry, whatever its jitter, and before its end. */
const TTL_MS = 10_000;

function setUp(more: Partial<SpaceDefinition<Row>>) {
  const clock = new ManualClock();
  const events: CacheEvent[] = [];
  const store = new MemoryStore({ now: clock.now, maxEntries: 100 });
  const cache = new Cache({ store, clock, onEvent: (event) => events.push(event) });
  const definition = { service: 'shop', entity: 'row', value: Row, version: (each: Row) => each.version };
  const space = cache.space(defineSpace({ ...definition, ttlMs: TTL_MS, errorBackoffMs: 0, ...more }));
  return { clock, events, store, cache, space };
}

describe('a value past its TTL, within staleMs', () => {
  it('is served at once while one reader loads it anew', async () => {
    const { space, clock, events } = setUp({ staleMs: 5_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    const query = deferred<Row>();
    let loads = 0;
    const load = (): Promise<Row> => (loads++, query.promise);
    const reads = await Promise.all([space.read('1', load), space.read('1', load), space.read('1', load)]);
    expect(reads.map(({ value, outcome, tier }) => [value, outcome, tier])).toEqual([
      [row(1), 'stale', 'store'],
      [row(1), 'stale', 'store'],
      [row(1), 'stale', 'store'],
    ]);
    expect(reads[0].ageMs).toBeGreaterThanOrEqual(TTL_MS);
    await turns();
    query.resolve(row(2));
    await turns();
    expect(loads).toBe(1);
    expect(await space.read('1', never)).toMatchObject({ value: row(2), outcome: 'hit' });
    expect(events).toContainEqual({ type: 'refresh', space: 'shop:row', reason: 'stale' });
  });

  it('is loaded anew by one process only', async () => {
    const { space, clock, store } = setUp({ staleMs: 5_000 });
    const other = new Cache({ store, clock }).space(
      defineSpace({ service: 'shop', entity: 'row', value: Row, ttlMs: TTL_MS, staleMs: 5_000 }),
    );
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    const query = deferred<Row>();
    await space.getOrSet('1', () => query.promise);
    await turns();
    expect(await other.read('1', never)).toMatchObject({ value: row(1), outcome: 'stale' });
    await turns();
    query.resolve(row(2));
    await turns();
    expect((await other.read('1', never)).value).toEqual(row(2));
  });

  it('is loaded anew by one process only, of several that find it at once', async () => {
    const { space, clock, store } = setUp({ staleMs: 5_000 });
    const definition = { service: 'shop', entity: 'row', value: Row, ttlMs: TTL_MS, staleMs: 5_000 };
    const others = [1, 2].map(() => new Cache({ store, clock }).space(defineSpace(definition)));
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    const query = deferred<Row>();
    let loads = 0;
    const load = (): Promise<Row> => (loads++, query.promise);
    await Promise.all([space, ...others].map((each) => each.read('1', load)));
    await turns();
    expect(loads).toBe(1);
    query.resolve(row(2));
    await turns();
  });

  it('is not served, nor stored by the load that runs, once it is invalidated', async () => {
    const { space, clock } = setUp({ staleMs: 5_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    const query = deferred<Row>();
    await space.getOrSet('1', () => query.promise);
    await turns();
    await space.invalidate('1', { version: 2 });
    query.resolve(row(1));
    await turns();
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), outcome: 'miss', stored: true });
  });

  it('stays when loading it anew fails, and the next read tries again', async () => {
    const { space, clock } = setUp({ staleMs: 5_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    await space.getOrSet('1', () => Promise.reject(new Error('down')));
    await turns();
    expect((await space.read('1', async () => row(2))).value).toEqual(row(1));
    await turns();
    expect((await space.read('1', never)).value).toEqual(row(2));
  });

  it('is loaded anew in bulk, in one call', async () => {
    const { space, clock } = setUp({ staleMs: 5_000 });
    const rows = (ids: string[], version: number): Map<string, Row> => new Map(ids.map((id) => [id, row(version)]));
    await space.getOrSetMany(['1', '2'], async (ids) => rows(ids, 1));
    clock.advance(TTL_MS + 1);
    const asked: string[][] = [];
    const reads = await space.readMany(['1', '2', '3'], async (ids) => (asked.push(ids), rows(ids, 2)));
    expect([...reads.values()].map(({ value, outcome }) => [value, outcome])).toEqual([
      [row(1), 'stale'],
      [row(1), 'stale'],
      [row(2), 'miss'],
    ]);
    await turns();
    expect(asked.sort()).toEqual([['1', '2'], ['3']]);
    expect([...(await space.getOrSetMany(['1', '2', '3'], never)).values()]).toEqual([row(2), row(2), row(2)]);
  });
});

describe('earlyRefresh', () => {
  it('loads a value anew before its TTL ends, and hits it all the while', async () => {
    const { space, clock, events } = setUp({ earlyRefresh: 0.5 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS * 0.3);
    expect((await space.read('1', never)).outcome).toBe('hit');
    clock.advance(TTL_MS * 0.4);
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(1), outcome: 'hit' });
    await turns();
    expect((await space.read('1', never)).value).toEqual(row(2));
    expect(events).toContainEqual({ type: 'refresh', space: 'shop:row', reason: 'early' });
  });
});

describe('a value past its TTL, within graceMs', () => {
  it('is loaded anew first, and served only if that fails', async () => {
    const { space, clock } = setUp({ graceMs: 60_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    expect(await space.read('1', () => Promise.reject(new Error('down')))).toMatchObject({
      value: row(1),
      outcome: 'stale',
    });
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), outcome: 'miss', stored: true });
    clock.advance(TTL_MS + 60_001);
    await expect(space.read('1', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  });

  it('is served without a load right after one has failed', async () => {
    const { space, clock } = setUp({ graceMs: 60_000, errorBackoffMs: 1_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    await space.getOrSet('1', () => Promise.reject(new Error('down')));
    expect(await space.read('1', never)).toMatchObject({ value: row(1), outcome: 'stale' });
    clock.advance(1_001);
    expect((await space.read('1', async () => row(2))).value).toEqual(row(2));
  });

  it('is not served after an invalidation, even if the load fails', async () => {
    const { space, clock } = setUp({ graceMs: 60_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    await space.invalidate('1', { version: 2 });
    await expect(space.read('1', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  });

  it('is served when the load passes the soft timeout; the load goes on and is stored', async () => {
    const { space, clock } = setUp({ graceMs: 60_000, softTimeoutMs: 20 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    const query = deferred<Row>();
    expect(await space.read('1', () => query.promise)).toMatchObject({ value: row(1), outcome: 'stale' });
    query.resolve(row(2));
    await turns();
    expect(await space.read('1', never)).toMatchObject({ value: row(2), outcome: 'hit' });
  });

  it('is not stored by a load that passed the soft timeout if it was invalidated since', async () => {
    const { space, clock } = setUp({ graceMs: 60_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    const query = deferred<Row>();
    await space.getOrSet('1', () => query.promise, { softTimeoutMs: 20 });
    await space.invalidate('1', { version: 2 });
    query.resolve(row(1));
    await turns();
    expect((await space.read('1', async () => row(2))).value).toEqual(row(2));
  });
});

describe('timeoutMs', () => {
  it('leaves half of its time to the load when the store hangs', async () => {
    const { space, store } = setUp({});
    store.look = () => new Promise(() => undefined);
    expect(await space.read('1', async () => row(1), { timeoutMs: 60 })).toMatchObject({
      value: row(1),
      outcome: 'bypass',
    });
    const many = await space.readMany(['1'], async () => new Map([['1', row(1)]]), { timeoutMs: 60 });
    expect(many.get('1')).toMatchObject({ value: row(1), outcome: 'bypass' });
  });

  it('ends the wait of one reader, not the load', async () => {
    const { space } = setUp({});
    const query = deferred<Row>();
    const patient = space.getOrSet('1', () => query.promise);
    await expect(space.getOrSet('1', never, { timeoutMs: 10 })).rejects.toMatchObject({ code: 'LOAD_TIMEOUT' });
    query.resolve(row(1));
    expect(await patient).toEqual(row(1));
    expect((await space.read('1', never)).outcome).toBe('hit');
  });
});

describe('errorBackoffMs', () => {
  it('holds the next load of an id back, and lets all that wait share it', async () => {
    const { space, clock } = setUp({ errorBackoffMs: 1_000 });
    await expect(space.getOrSet('1', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    let loads = 0;
    const load = async (): Promise<Row> => (loads++, row(1));
    const reads = Promise.all([space.getOrSet('1', load), space.getOrSet('1', load), space.getOrSet('1', load)]);
    expect(await space.getOrSet('2', async () => row(5))).toEqual(row(5));
    await turns();
    expect(loads).toBe(0);
    clock.advance(1_001);
    expect(await reads).toEqual([row(1), row(1), row(1)]);
    expect(loads).toBe(1);
  });
});
