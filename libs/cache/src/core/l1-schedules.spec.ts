import { held, setUp } from '../../test/support/schedule-set-up.js';
import { never, row, type Row } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';
import { ManualClock } from '../testing/manual-clock.js';
import { Cache } from './cache.js';
import { systemClock } from './clock.js';
import { L1 } from './l1.js';
import { MemoryStore } from './memory-store.js';
import { StoreClock } from './store-clock.js';
import type { FeedListener } from './store.js';
import { tag } from './tag.js';

// As in schedules.spec.ts, of what a process keeps within itself.

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
  const l1 = new L1<Row>(held, held.l1!, () => undefined, new StoreClock(systemClock));
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
