import { z } from 'zod';
import { deferred } from '../testing/deferred.js';
import { ManualClock } from '../testing/manual-clock.js';
import { Cache } from './cache.js';
import type { CacheOptions } from './cache.js';
import type { CacheEvent } from './events.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace } from './space.js';
import { tag } from './tag.js';

const Row = z.object({ version: z.number(), price: z.number() });
type Row = z.infer<typeof Row>;

const rows = defineSpace({
  service: 'shop',
  entity: 'row',
  value: Row,
  version: (row) => row.version,
  ttlMs: 60_000,
  negativeTtlMs: 1_000,
});
const anything = defineSpace({ service: 'shop', entity: 'any', value: z.unknown(), ttlMs: 60_000 });

const row = (version: number): Row => ({ version, price: version * 100 });
const never = (): Promise<never> => Promise.reject(new Error('must not load'));

function setUp(more: Partial<CacheOptions> = {}) {
  const clock = new ManualClock();
  const events: CacheEvent[] = [];
  const store = new MemoryStore({ now: clock.now });
  const cache = new Cache({ store, clock, onEvent: (event) => events.push(event), ...more });
  return { cache, store, clock, events };
}

describe('SpaceCache.getOrSet', () => {
  it('loads on a miss, then serves a copy from the store', async () => {
    const space = setUp().cache.space(rows);
    const loaded = { value: row(1), outcome: 'miss', tier: 'source', ageMs: 0, stored: true, shared: false };
    expect(await space.read('1', async () => row(1))).toEqual(loaded);
    const hit = await space.read('1', never);
    expect(hit).toMatchObject({ value: row(1), outcome: 'hit', tier: 'store', stored: false, shared: false });
    expect(hit.value).not.toBe((await space.read('1', never)).value);
  });

  it.each([[0], [''], [false], [[]], [{}]])('stores %j as a value', async (value) => {
    const space = setUp().cache.space(anything);
    await space.getOrSet('falsy', async () => value);
    expect(await space.getOrSet('falsy', never)).toEqual(value);
  });

  it('caches absence for its own, shorter time', async () => {
    const { cache, clock } = setUp();
    const space = cache.space(rows);
    expect(await space.getOrSet('none', async () => null)).toBeNull();
    expect(await space.getOrSet('none', never)).toBeNull();
    clock.advance(1_001);
    expect(await space.getOrSet('none', async () => row(1))).toEqual(row(1));
  });

  it('returns undefined without storing it, and without keeping the lease', async () => {
    const space = setUp().cache.space(rows);
    expect(await space.getOrSet('u', async () => undefined)).toBeUndefined();
    expect(await space.getOrSet('u', async () => row(1))).toEqual(row(1));
  });

  it('returns a value that JSON cannot hold without storing it', async () => {
    const { cache, events } = setUp();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    expect((await cache.space(anything).read('c', async () => circular)).stored).toBe(false);
    expect(events).toContainEqual({ type: 'fill', space: 'shop:any', result: 'unstorable' });
  });

  it.each([0, -1, 1.5, NaN])('returns a row whose version is %d without storing it', async (version) => {
    const { cache, events } = setUp();
    const space = cache.space(rows);
    expect(await space.read('1', async () => ({ ...row(1), version }))).toMatchObject({
      value: { version },
      stored: false,
    });
    expect(events).toContainEqual({ type: 'fill', space: rows.name, result: 'unstorable' });
    expect(await space.peek('1')).toEqual({ status: 'absent' });
  });

  it('does not store a row that was invalidated while it loaded, and the next read is new', async () => {
    const space = setUp().cache.space(rows);
    const query = deferred<Row>();
    const begun = deferred<null>();
    const stale = space.read('1', () => (begun.resolve(null), query.promise));
    await begun.promise; // the reader has read the old row
    await space.invalidate('1', { version: 2 });
    query.resolve(row(1));
    expect(await stale).toMatchObject({ value: row(1), stored: false });
    expect(await space.getOrSet('1', async () => row(2))).toEqual(row(2));
  });

  it('shares a load with those who asked before it began, and never with later ones', async () => {
    const space = setUp().cache.space(rows);
    const query = deferred<Row>();
    const begun = deferred<null>();
    let loads = 0;
    const load = (): Promise<Row> => {
      loads++;
      begun.resolve(null);
      return loads === 1 ? query.promise : Promise.resolve(row(2));
    };
    const early = [space.read('1', load), space.read('1', load), space.read('1', load)];
    await begun.promise;
    await space.invalidate('1', { version: 2 }); // acknowledged before the late reader asks
    const late = space.read('1', load);
    query.resolve(row(1));
    expect((await Promise.all(early)).map(({ value, shared }) => [value.version, shared])).toEqual([
      [1, false],
      [1, true],
      [1, true],
    ]);
    expect((await late).value).toEqual(row(2));
    expect(loads).toBe(2);
  });

  it('runs a failing load once and gives every waiter its own error', async () => {
    const { cache, clock } = setUp();
    const space = cache.space(rows);
    const failure = new Error('database down');
    let loads = 0;
    const load = async (): Promise<Row> => {
      loads++;
      throw failure;
    };
    const results = await Promise.allSettled(Array.from({ length: 100 }, () => space.getOrSet('1', load)));
    expect(loads).toBe(1);
    expect(results.every((result) => result.status === 'rejected' && result.reason === failure)).toBe(true);
    const next = space.getOrSet('1', async () => row(1));
    await wakeUntilDone(clock, next);
    expect(await next).toEqual(row(1)); // and the lease is not kept
  });

  it('waits for another process, then serves what that one stored', async () => {
    const { cache, store, clock } = setUp();
    const other = new Cache({ store, clock });
    const query = deferred<Row>();
    const begun = deferred<null>();
    const first = other.space(rows).getOrSet('1', () => (begun.resolve(null), query.promise));
    await begun.promise;
    const second = cache.space(rows).read('1', never);
    query.resolve(row(1));
    await first;
    await wakeUntilDone(clock, second);
    expect(await second).toMatchObject({ value: row(1), outcome: 'hit' });
  });

  it('loads by itself, without storing, when another process takes too long', async () => {
    const { cache, store, clock } = setUp({ maxWaitMs: 50 });
    const other = new Cache({ store, clock });
    const begun = deferred<null>();
    const query = deferred<Row>();
    const slow = other.space(rows).getOrSet('1', () => (begun.resolve(null), query.promise));
    await begun.promise;
    const read = cache.space(rows).read('1', async () => row(1));
    await wakeUntilDone(clock, read);
    expect(await read).toMatchObject({ value: row(1), stored: false });
    query.resolve(row(1));
    await slow;
  });

  it('replaces a stored value that no longer fits its schema', async () => {
    const { cache, store, clock, events } = setUp();
    const old = defineSpace({ service: 'shop', entity: 'row', value: z.object({ old: z.boolean() }), ttlMs: 9_000 });
    await new Cache({ store, clock }).space(old).getOrSet('1', async () => ({ old: true }));
    expect(await cache.space(rows).read('1', async () => row(2))).toMatchObject({ outcome: 'miss', stored: true });
    expect(events).toContainEqual({ type: 'corrupt', space: 'shop:row' });
  });

  it('gives up a load that takes too long, its wait for a place included, and keeps its place until it ends', async () => {
    const space = setUp({ loadConcurrency: 1, loadQueue: 5, loadTimeoutMs: 20 }).cache.space(rows);
    const query = deferred<Row>();
    const aborted: boolean[] = [];
    const slow = space.getOrSet('1', ({ signal }) => {
      signal.addEventListener('abort', () => aborted.push(true));
      return query.promise;
    });
    await expect(slow).rejects.toMatchObject({ code: 'LOAD_TIMEOUT' });
    expect(aborted).toEqual([true]);
    await expect(space.getOrSet('2', async () => row(2))).rejects.toMatchObject({ code: 'LOAD_TIMEOUT' });
    query.resolve(row(1));
    expect(await space.getOrSet('3', async () => row(3))).toEqual(row(3));
  });

  it('refuses loads beyond the limit at once', async () => {
    const space = setUp({ loadConcurrency: 1, loadQueue: 1 }).cache.space(rows);
    const query = deferred<Row>();
    const running = [space.getOrSet('1', () => query.promise), space.getOrSet('2', () => query.promise)];
    await expect(space.getOrSet('3', () => query.promise)).rejects.toMatchObject({ code: 'LOAD_REJECTED' });
    query.resolve(row(1));
    await Promise.all(running);
  });
});

describe('SpaceCache.getOrSetMany', () => {
  it('loads only what is missing, in one call, and leaves out what does not exist', async () => {
    const space = setUp().cache.space(rows);
    await space.getOrSet('1', async () => row(1));
    const asked: string[][] = [];
    const load = async (ids: string[]): Promise<Map<string, Row>> => {
      asked.push(ids);
      return new Map([['2', row(2)]]);
    };
    expect([...(await space.getOrSetMany(['2', '1', '3', '2'], load))]).toEqual([
      ['2', row(2)],
      ['1', row(1)],
    ]);
    expect(asked).toEqual([['2', '3']]);
    expect([...(await space.getOrSetMany(['1', '2', '3'], never)).keys()]).toEqual(['1', '2']);
  });

  it('does not store the row that was invalidated while all loaded', async () => {
    const space = setUp().cache.space(rows);
    const query = deferred<Map<string, Row>>();
    const begun = deferred<null>();
    const reading = space.getOrSetMany(['1', '2'], () => (begun.resolve(null), query.promise));
    await begun.promise;
    await space.invalidate('1', { version: 9 });
    query.resolve(
      new Map([
        ['1', row(1)],
        ['2', row(2)],
      ]),
    );
    await reading;
    expect(await space.getOrSet('1', async () => row(9))).toEqual(row(9));
    expect(await space.getOrSet('2', never)).toEqual(row(2));
  });
});

describe('tags', () => {
  const members = tag('shop', 'members', 'fruit');

  it('serve a derived value until one of them is retired', async () => {
    const { cache } = setUp();
    const space = cache.space(anything);
    await space.getOrSet('list', async () => ['a'], { tags: [members] });
    expect((await space.read('list', never, { tags: [members] })).outcome).toBe('hit');
    await cache.invalidate({ entries: [], tags: [members] });
    expect(await space.read('list', async () => ['a', 'b'], { tags: [members] })).toMatchObject({
      outcome: 'miss',
      stored: true,
    });
    expect(await space.getOrSet('list', never, { tags: [members] })).toEqual(['a', 'b']);
  });

  it('reject what was loaded before they were retired', async () => {
    const { cache } = setUp();
    const space = cache.space(anything);
    const query = deferred<string[]>();
    const begun = deferred<null>();
    const stale = space.getOrSet('list', () => (begun.resolve(null), query.promise), { tags: [members] });
    await begun.promise;
    await cache.invalidate({ entries: [], tags: [members] });
    query.resolve(['old']);
    await stale;
    expect(await space.getOrSet('list', async () => ['new'], { tags: [members] })).toEqual(['new']);
  });
});

describe('Cache.space', () => {
  it('refuses a second definition of the same name', () => {
    const { cache } = setUp();
    cache.space(rows);
    expect(() => cache.space({ ...rows })).toThrow('shop:row');
  });
});

/** Lets time go by for as long as the read waits for it. */
async function wakeUntilDone(clock: ManualClock, read: Promise<unknown>): Promise<void> {
  const waiting = { done: false };
  void read.finally(() => (waiting.done = true));
  while (!waiting.done) {
    clock.advance(10);
    await new Promise(setImmediate);
  }
}
