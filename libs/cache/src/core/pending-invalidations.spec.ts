import { jest } from '@jest/globals';
import { PartlyApplied, StoreRefusal } from './errors.js';
import type { Invalidation, Tag } from './invalidation.js';
import { PendingInvalidations } from './pending-invalidations.js';

const entry = (id: string, version?: number): Invalidation => ({
  entries: [version === undefined ? { key: `shop:row:${id}` } : { key: `shop:row:${id}`, version }],
  tags: [],
});

describe('invalidations that wait', () => {
  let sent: Invalidation[];
  /** How many entries were applied, and how many wait then. */
  let applied: [number, number][];
  let fails: boolean;
  /** The store will never do this one. */
  let poison: string;
  /** The store does those entries whose number is even. */
  let partly: boolean;
  /** The store does not do more in time. */
  let most: number;
  let pending: PendingInvalidations;

  beforeEach(() => {
    jest.useFakeTimers();
    [sent, applied, fails, partly, poison, most] = [[], [], true, false, '', Infinity];
    pending = new PendingInvalidations({
      limit: 1_000,
      send: async (invalidation) => {
        sent.push(invalidation);
        if (fails || invalidation.entries.length > most) throw new Error('away');
        const odd = invalidation.entries.filter(({ key }) => Number(key.split(':').at(-1)) % 2 === 1);
        if (partly && odd.length > 0) {
          const cause = new Error('away');
          if (odd.length === invalidation.entries.length) throw cause;
          throw new PartlyApplied({ entries: odd, tags: [] }, { cause });
        }
        if (invalidation.entries.some(({ key }) => key === poison)) throw new StoreRefusal('NOPERM');
        if (invalidation.tags.includes(poison as Tag)) throw new StoreRefusal('NOPERM');
      },
      onApplied: (invalidation) => {
        applied.push([invalidation.entries.length, pending.size]);
      },
      onOverflow: () => undefined,
    });
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('are repeated, more and more slowly, until they are applied', async () => {
    pending.add(entry('1', 2), null);
    for (const [ms, tries] of [
      [50, 1],
      [99, 1],
      [1, 2],
      [200, 3],
      [200, 4],
    ] as const) {
      await jest.advanceTimersByTimeAsync(ms);
      expect(sent.length).toBe(tries);
    }
    fails = false;
    await jest.advanceTimersByTimeAsync(200);
    expect(pending.size).toBe(0);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(sent.length).toBe(5);
    expect(applied).toEqual([[1, 0]]);
  });

  it('are sent 500 at a time', async () => {
    fails = false;
    for (let id = 0; id < 501; id++) pending.add(entry(`${id}`, 1), null);
    await jest.advanceTimersByTimeAsync(50);
    expect(sent.map(({ entries }) => entries.length)).toEqual([500, 1]);
    expect(applied).toEqual([
      [500, 1],
      [1, 0],
    ]);
  });

  it.each([0, 250, 499, 700])('do not wait for one that the store refuses, the %i-th of 1,000', async (place) => {
    [fails, poison] = [false, `shop:row:${place}`];
    for (let id = 0; id < 1_000; id++) pending.add(entry(`${id}`, 1), null);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(pending.size).toBe(1);
    expect(pending.covers(poison, [])).toBe(true);
    poison = '';
    await jest.advanceTimersByTimeAsync(200);
    expect(pending.size).toBe(0);
  });

  it('do not wait for a tag that the store refuses, nor does another tag', async () => {
    [fails, poison] = [false, 'shop:tag:refused'];
    pending.add({ entries: [], tags: [poison as Tag, 'shop:tag:other' as Tag] }, null);
    pending.add(entry('1', 1), null);
    await jest.advanceTimersByTimeAsync(200);
    expect(pending.giveUp()).toEqual({ entries: 0, tags: 1 });
  });

  it('are sent by a close past one that the store refuses', async () => {
    [fails, poison] = [false, 'shop:row:0'];
    for (let id = 0; id < 1_000; id++) pending.add(entry(`${id}`, 1), null);
    await pending.close();
    expect(pending.giveUp()).toEqual({ entries: 1, tags: 0 });
  });

  it('are sent fewer at a time to a store that is too slow for so many', async () => {
    [fails, most] = [false, 40];
    for (let id = 0; id < 500; id++) pending.add(entry(`${id}`, 1), null);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(pending.size).toBe(0);
  });

  it('are replaced by the retiring of their space when they are too many, beside the tags that wait', () => {
    pending.add({ entries: [], tags: ['shop:tag:other' as Tag] }, null);
    for (let id = 0; id < 1_001; id++) pending.add(entry(`${id}`, 1), null);
    expect(pending.giveUp()).toEqual({ entries: 0, tags: 2 });
    expect(pending.covers('shop:row:new', ['shop:generation:row' as Tag])).toBe(true);
    expect(pending.covers('shop:list:1', ['shop:tag:other' as Tag])).toBe(true);
  });

  it('are not lost for a tag that waits already', () => {
    const tags = Array.from({ length: 1_000 }, (_, index) => `shop:tag:${index}` as Tag);
    pending.add({ entries: [], tags }, null);
    pending.add({ entries: [], tags: tags.slice(0, 2) }, null);
    expect(() => {
      pending.add({ entries: [], tags: ['shop:tag:new' as Tag] }, null);
    }).toThrow('More than 1000');
  });

  it('cover every version once one of them knew none, and the newest otherwise', async () => {
    fails = false;
    for (const version of [3, 5, 4]) pending.add(entry('1', version), null);
    for (const version of [3, undefined, 4]) pending.add(entry('2', version), null);
    await pending.close();
    expect(sent[0]?.entries).toEqual([{ key: 'shop:row:1', version: 5 }, { key: 'shop:row:2' }]);
  });

  it('are tried by a close in ever smaller batches, until one alone has failed twice', async () => {
    for (let id = 0; id < 1_000; id++) pending.add(entry(`${id}`, 1), null);
    await pending.close();
    expect(sent.map(({ entries }) => entries.length)).toEqual([500, 250, 125, 62, 31, 15, 7, 3, 1, 1, 1]);
    expect(pending.giveUp()).toEqual({ entries: 1_000, tags: 0 });
  });

  it('are all sent by a close to a store that is too slow for so many', async () => {
    [fails, most] = [false, 200];
    for (let id = 0; id < 450; id++) pending.add(entry(`${id}`, 1), null);
    await pending.close();
    expect(pending.giveUp()).toEqual({ entries: 0, tags: 0 });
  });

  it('do not wait again for what was applied of a batch', async () => {
    [fails, partly] = [false, true];
    for (let id = 0; id < 300; id++) pending.add(entry(`${id}`, 1), null);
    pending.add({ entries: [], tags: ['shop:tag:1' as Tag] }, null);
    await jest.advanceTimersByTimeAsync(50);
    expect(pending.giveUp()).toEqual({ entries: 150, tags: 0 });
    expect(applied[0]).toEqual([150, 150]);
  });

  it('are all sent by a close to a store that answers', async () => {
    fails = false;
    for (let id = 0; id < 1_000; id++) pending.add(entry(`${id}`, 1), null);
    await pending.close();
    expect(sent.map(({ entries }) => entries.length)).toEqual([500, 500]);
    expect(pending.giveUp()).toEqual({ entries: 0, tags: 0 });
  });

  it('are not sent any more once they are given up', async () => {
    fails = false;
    for (let id = 0; id < 1_000; id++) pending.add(entry(`${id}`, 1), null);
    const closed = pending.close();
    expect(pending.giveUp()).toEqual({ entries: 1_000, tags: 0 });
    await closed;
    expect(sent.length).toBe(1);
    expect(pending.covers('shop:row:999', [])).toBe(true);
  });

  it('are not repeated after a close that came while they were sent', async () => {
    pending.add(entry('1', 2), null);
    jest.advanceTimersByTime(50);
    await pending.close();
    const tries = sent.length;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(sent.length).toBe(tries);
  });

  it('are sent once by a close that comes while they are being sent', async () => {
    fails = false;
    pending.add(entry('1', 2), null);
    jest.advanceTimersByTime(50);
    await pending.close();
    expect(sent.length).toBe(1);
    expect(applied).toEqual([[1, 0]]);
  });

  it('are not told as applied once they were given up', async () => {
    fails = false;
    pending.add(entry('1', 2), null);
    const closed = pending.close();
    pending.giveUp();
    await closed;
    expect(applied).toEqual([]);
  });
});
