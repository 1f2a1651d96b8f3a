import { z } from 'zod';
import { deferred } from '../testing/deferred.js';
import { FaultyStore } from '../testing/faulty-store.js';
import { ManualClock } from '../testing/manual-clock.js';
import { turns } from '../testing/turns.js';
import { Cache } from './cache.js';
import { L1 } from './l1.js';
import { MemoryStore } from './memory-store.js';
import { PendingInvalidations } from './pending-invalidations.js';
import { defineSpace } from './space.js';
import type { FeedListener } from './store.js';
import { tag } from './tag.js';

// The shortest ways to break a promise that tests have found, each as a test of its own.

const Row = z.object({ version: z.number() });
type Row = z.infer<typeof Row>;
const row = (version: number): Row => ({ version });
const never = (): Promise<never> => Promise.reject(new Error('must not load'));
const definition = {
  service: 'shop',
  entity: 'row',
  value: Row,
  version: ({ version }: Row) => version,
  ttlMs: 60_000,
  graceMs: 60_000,
};
const rows = defineSpace(definition);
const held = defineSpace({ ...definition, l1: { maxEntries: 10, maxBytes: 10_000 } });

function setUp() {
  const clock = new ManualClock();
  const memory = new MemoryStore({ now: clock.now });
  const store = new FaultyStore(memory, clock);
  return { cache: new Cache({ store, clock }), other: new Cache({ store: memory, clock }), memory, store, clock };
}

it('put: a writer that is late does not make fresh what another has expired since', async () => {
  const space = setUp().cache.space(rows);
  await space.getOrSet('1', async () => row(1));
  await space.expire('1'); // row 3 is committed, by somebody who knows no version
  expect(await space.put('1', row(2))).toBe(false);
  expect(await space.getOrSet('1', async () => row(3))).toEqual(row(3));
});

it('put: a writer that is late does not bring back what was deleted since', async () => {
  const { cache, memory } = setUp();
  const space = cache.space(rows);
  await space.invalidate('1', { version: 3 }); // row 3 is a deletion
  memory.clear();
  expect(await space.getOrSet('1', async () => null)).toBeNull();
  expect(await space.put('1', row(2))).toBe(false);
  expect(await space.getOrSet('1', async () => null)).toBeNull();
});

it('put: without the time of the store nothing is put, because nobody could tell its age', async () => {
  const { cache, other, store } = setUp();
  await other.space(rows).getOrSet('1', async () => row(1));
  store.fail('refuse', { only: ['now'] });
  expect(await cache.space(rows).put('1', row(2))).toBe(false);
  expect(await other.space(rows).getOrSet('1', async () => row(2))).toEqual(row(2));
});

it('fill: a load that lost its lease does not use that of the next one', async () => {
  const { cache, other } = setUp();
  const [older, newer] = [deferred<Row>(), deferred<Row>()];
  const first = cache.space(rows).getOrSet('1', () => older.promise);
  await turns();
  await other.space(rows).invalidate('1');
  const second = other.space(rows).getOrSet('1', () => newer.promise);
  await turns();
  older.resolve(row(1));
  expect(await first).toEqual(row(1));
  expect((await other.space(rows).peek('1')).status).toBe('absent');
  newer.resolve(row(2));
  expect(await second).toEqual(row(2));
});

it('load: a reader who comes after an invalidation does not share a load that began before it', async () => {
  const space = setUp().cache.space(rows);
  const older = deferred<Row>();
  const first = space.getOrSet('1', () => older.promise);
  await turns();
  await space.invalidate('1', { version: 2 });
  const second = space.getOrSet('1', async () => row(2));
  await turns();
  older.resolve(row(1));
  expect(await first).toEqual(row(1));
  expect(await second).toEqual(row(2));
});

it('L1: a read that began before an invalidation had to wait does not keep what it found', async () => {
  const { cache, other, store } = setUp();
  const space = cache.space(held);
  await other.space(held).getOrSet('1', async () => row(1));
  store.fail('refuse', { only: ['invalidate'] });
  const changed = space.invalidate('1', { version: 2 });
  const begunBefore = space.getOrSet('1', never);
  await expect(changed).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
  expect(await begunBefore).toEqual(row(1));
  expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), tier: 'source' });
});

it('L1: a read that found the old value before it was expired does not keep it, though the feed is late', async () => {
  const reached = deferred<undefined>();
  class FarStore extends MemoryStore {
    override async expire(keys: readonly string[], keepMs: number): Promise<void> {
      await reached.promise;
      await super.expire(keys, keepMs);
    }
    override listen(_service: string, listener: FeedListener): () => void {
      listener.caughtUp(Infinity);
      return () => undefined;
    }
  }
  const clock = new ManualClock();
  const store = new FarStore({ now: clock.now });
  const [cache, other] = [new Cache({ store, clock }), new Cache({ store, clock })];
  await other.space(held).getOrSet('1', async () => row(1));
  const space = cache.space(held);
  const expired = space.expire('1');
  await space.getOrSet('1', never);
  reached.resolve(undefined);
  await expired;
  expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), tier: 'source' });
});

it('L1: a slow read does not put an older version in the place of a newer one', () => {
  const l1 = new L1<Row>(held, held.l1!, () => undefined);
  l1.caughtUp(Infinity);
  const epoch = l1.epochOf(held.key('1'));
  const entry = (version: number) => ({
    value: row(version),
    version,
    loadedAtMs: 0,
    servedUntilMs: Infinity,
    bytes: 9,
  });
  l1.keep(held.key('1'), entry(2), epoch);
  l1.keep(held.key('1'), entry(1), epoch);
  expect(l1.get('1')?.value).toEqual(row(2));
});

it('L1: what was loaded under tags is not kept: a reader without them would not hear of their retiring', async () => {
  const space = setUp().cache.space(held);
  await space.getOrSet('1', async () => row(1), { tags: [tag('shop', 'members', 'all')] });
  expect(await space.read('1', async () => row(1))).toMatchObject({ tier: 'source' });
});

it.each([
  ['the retiring of its space', { entries: [], tags: [rows.generation] }],
  ['an older one', { entries: rows.entries('1', 1), tags: [] }],
])('an invalidation that arrives while %s is being sent is not forgotten with it', async (_name, older) => {
  const sent = deferred<undefined>();
  const sending: number[] = [];
  const pending = new PendingInvalidations({
    limit: 10,
    send: ({ tags, entries }) => {
      sending.push(tags.length + entries.length);
      return sent.promise;
    },
    onApplied: () => undefined,
    onOverflow: () => undefined,
  });
  pending.add(older, null);
  const closed = pending.close(); // sends what waits
  pending.add({ entries: rows.entries('1', 2), tags: [] }, null);
  sent.resolve(undefined);
  await closed;
  expect(sending).toEqual([1, 1]);
});

describe('what the store answers in the place of a lease', () => {
  /** A reader that waits for another process's load of row 1, and how to let that one fill and the reader see it. */
  async function waitFor(): Promise<
    ReturnType<typeof setUp> & { waiting: Promise<Row>; letFill: () => Promise<void> }
  > {
    const parts = setUp();
    const query = deferred<Row>();
    const filling = parts.other.space(rows).getOrSet('1', () => query.promise);
    await turns();
    const waiting = parts.cache.space(rows).getOrSet('1', never);
    await turns();
    const letFill = async (): Promise<void> => {
      query.resolve(row(1));
      await filling;
      parts.clock.advance(100);
      await turns();
    };
    return { ...parts, waiting, letFill };
  }

  it('spares those a load who were aboard before the store was asked', async () => {
    const { cache, waiting, letFill } = await waitFor();
    const joining = cache.space(rows).read('1', never);
    await turns();
    await letFill();
    expect(await waiting).toEqual(row(1));
    expect(await joining).toMatchObject({ value: row(1), outcome: 'hit', tier: 'store' });
  });

  it('is not shared with one who came after it, and after an invalidation', async () => {
    class SlowStore extends MemoryStore {
      beforeLease: () => Promise<unknown> = () => Promise.resolve();
      afterLease: Promise<unknown> = Promise.resolve();
      override async lease(...args: Parameters<MemoryStore['lease']>): ReturnType<MemoryStore['lease']> {
        await this.beforeLease();
        const answer = await super.lease(...args);
        await this.afterLease;
        return answer;
      }
    }
    const store = new SlowStore();
    const [cache, other] = [new Cache({ store }), new Cache({ store })];
    const answered = deferred<null>();
    store.beforeLease = async () => {
      store.beforeLease = () => Promise.resolve();
      await other.space(rows).getOrSet('1', async () => row(1));
      store.afterLease = answered.promise;
    };
    const early = cache.space(rows).getOrSet('1', never);
    await turns();
    await other.space(rows).invalidate('1', { version: 2 });
    store.afterLease = Promise.resolve();
    const late = cache.space(rows).getOrSet('1', async () => row(2));
    await turns();
    answered.resolve(null);
    expect(await early).toEqual(row(1));
    expect(await late).toEqual(row(2));
  });

  it('is not shared with one who asked after the space was retired', async () => {
    const { cache, other, waiting, letFill } = await waitFor();
    await other.space(rows).retire();
    const late = cache.space(rows).getOrSet('1', async () => row(2));
    await turns();
    await letFill();
    expect(await waiting).toEqual(row(1));
    expect(await late).toEqual(row(2));
  });

  it('is not shared with one who owes it an invalidation', async () => {
    const { cache, store, waiting, letFill } = await waitFor();
    store.fail('refuse', { only: ['invalidate'] });
    await expect(cache.space(rows).invalidate('1', { version: 2 })).rejects.toMatchObject({
      code: 'INVALIDATION_PENDING',
    });
    const late = cache.space(rows).getOrSet('1', async () => row(2));
    await turns();
    await letFill();
    expect(await waiting).toEqual(row(1));
    expect(await late).toEqual(row(2));
  });
});
