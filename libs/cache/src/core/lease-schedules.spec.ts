import { rows, type ScheduleSetUp, setUp } from '../../test/support/schedule-set-up.js';
import { never, row, type Row } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';
import { turns } from '../testing/turns.js';
import { Cache } from './cache.js';
import { MemoryStore } from './memory-store.js';

// As in schedules.spec.ts, of loads that another process makes.

describe('what the store answers in the place of a lease', () => {
  /** A reader that waits for another process's load of row 1, and how to let that one fill and the reader see it. */
  async function waitFor(): Promise<ScheduleSetUp & { waiting: Promise<Row>; letFill: () => Promise<void> }> {
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
