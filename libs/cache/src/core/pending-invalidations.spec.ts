import { jest } from '@jest/globals';
import type { Invalidation } from './invalidation.js';
import { PendingInvalidations } from './pending-invalidations.js';

const entry = (id: string, version?: number): Invalidation => ({
  entries: [version === undefined ? { key: `shop:row:${id}` } : { key: `shop:row:${id}`, version }],
  tags: [],
});

describe('invalidations that wait', () => {
  let sent: Invalidation[];
  let fails: boolean;
  let pending: PendingInvalidations;

  beforeEach(() => {
    jest.useFakeTimers();
    [sent, fails] = [[], true];
    pending = new PendingInvalidations({
      limit: 1_000,
      send: async (invalidation) => {
        sent.push(invalidation);
        if (fails) throw new Error('refused');
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
  });

  it('are sent 500 at a time', async () => {
    fails = false;
    for (let id = 0; id < 501; id++) pending.add(entry(`${id}`, 1), null);
    await jest.advanceTimersByTimeAsync(50);
    expect(pending.size).toBe(1);
    await jest.advanceTimersByTimeAsync(50);
    expect(sent.map(({ entries }) => entries.length)).toEqual([500, 1]);
  });

  it('cover every version once one of them knew none, and the newest otherwise', async () => {
    fails = false;
    for (const version of [3, 5, 4]) pending.add(entry('1', version), null);
    for (const version of [3, undefined, 4]) pending.add(entry('2', version), null);
    await pending.close();
    expect(sent[0]?.entries).toEqual([{ key: 'shop:row:1', version: 5 }, { key: 'shop:row:2' }]);
  });

  it('are all sent by a close, until a batch fails', async () => {
    for (let id = 0; id < 1_000; id++) pending.add(entry(`${id}`, 1), null);
    await pending.close();
    expect(sent.length).toBe(1);
    expect(pending.giveUp()).toEqual({ entries: 1_000, tags: 0 });
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
    await jest.advanceTimersByTimeAsync(10_000);
    expect(sent.length).toBe(2);
  });
});
