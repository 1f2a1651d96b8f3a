import { row, type Row, rows, setUp } from '../../test/support/priced-rows.js';
import { never } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';
import type { ManualClock } from '../testing/manual-clock.js';
import { Cache } from './cache.js';

describe('SpaceCache.getOrSet', () => {
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

/** Lets time go by for as long as the read waits for it. */
async function wakeUntilDone(clock: ManualClock, read: Promise<unknown>): Promise<void> {
  const waiting = { done: false };
  void read.finally(() => (waiting.done = true));
  while (!waiting.done) {
    clock.advance(10);
    await new Promise(setImmediate);
  }
}
