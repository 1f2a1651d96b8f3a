import { jest } from '@jest/globals';
import { entry, PendingScene } from '../../test/support/pending-scene.js';
import type { Tag } from './invalidation.js';

describe('invalidations that wait', () => {
  let scene: PendingScene;

  beforeEach(() => {
    jest.useFakeTimers();
    scene = new PendingScene();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('are repeated, more and more slowly, until they are applied', async () => {
    scene.pending.add(entry('1', 2), null);
    for (const [ms, tries] of [
      [50, 1],
      [99, 1],
      [1, 2],
      [200, 3],
      [200, 4],
    ] as const) {
      await jest.advanceTimersByTimeAsync(ms);
      expect(scene.sent.length).toBe(tries);
    }
    scene.fails = false;
    await jest.advanceTimersByTimeAsync(200);
    expect(scene.pending.size).toBe(0);
    await jest.advanceTimersByTimeAsync(10_000);
    expect(scene.sent.length).toBe(5);
    expect(scene.applied).toEqual([[1, 0]]);
  });

  it('are sent 500 at a time', async () => {
    scene.fails = false;
    for (let id = 0; id < 501; id++) scene.pending.add(entry(`${id}`, 1), null);
    await jest.advanceTimersByTimeAsync(50);
    expect(scene.sent.map(({ entries }) => entries.length)).toEqual([500, 1]);
    expect(scene.applied).toEqual([
      [500, 1],
      [1, 0],
    ]);
  });

  it.each([0, 250, 499, 700])('do not wait for one that the store refuses, the %i-th of 1,000', async (place) => {
    [scene.fails, scene.poison] = [false, `shop:row:${place}`];
    for (let id = 0; id < 1_000; id++) scene.pending.add(entry(`${id}`, 1), null);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(scene.pending.size).toBe(1);
    expect(scene.pending.covers(scene.poison, [])).toBe(true);
    scene.poison = '';
    await jest.advanceTimersByTimeAsync(200);
    expect(scene.pending.size).toBe(0);
  });

  it('do not wait for a tag that the store refuses, nor does another tag', async () => {
    [scene.fails, scene.poison] = [false, 'shop:tag:refused'];
    scene.pending.add({ entries: [], tags: [scene.poison as Tag, 'shop:tag:other' as Tag] }, null);
    scene.pending.add(entry('1', 1), null);
    await jest.advanceTimersByTimeAsync(200);
    expect(scene.pending.giveUp()).toEqual({ entries: 0, tags: 1 });
  });

  it('are sent fewer at a time to a store that is too slow for so many', async () => {
    [scene.fails, scene.most] = [false, 40];
    for (let id = 0; id < 500; id++) scene.pending.add(entry(`${id}`, 1), null);
    await jest.advanceTimersByTimeAsync(5_000);
    expect(scene.pending.size).toBe(0);
  });

  it('are replaced by the retiring of their space when they are too many, beside the tags that wait', () => {
    scene.pending.add({ entries: [], tags: ['shop:tag:other' as Tag] }, null);
    for (let id = 0; id < 1_001; id++) scene.pending.add(entry(`${id}`, 1), null);
    expect(scene.pending.giveUp()).toEqual({ entries: 0, tags: 2 });
    expect(scene.pending.covers('shop:row:new', ['shop:generation:row' as Tag])).toBe(true);
    expect(scene.pending.covers('shop:list:1', ['shop:tag:other' as Tag])).toBe(true);
  });

  it('are not lost for a tag that waits already', () => {
    const tags = Array.from({ length: 1_000 }, (_, index) => `shop:tag:${index}` as Tag);
    scene.pending.add({ entries: [], tags }, null);
    scene.pending.add({ entries: [], tags: tags.slice(0, 2) }, null);
    expect(() => {
      scene.pending.add({ entries: [], tags: ['shop:tag:new' as Tag] }, null);
    }).toThrow('More than 1000');
  });

  it('cover every version once one of them knew none, and the newest otherwise', async () => {
    scene.fails = false;
    for (const version of [3, 5, 4]) scene.pending.add(entry('1', version), null);
    for (const version of [3, undefined, 4]) scene.pending.add(entry('2', version), null);
    await scene.pending.close();
    expect(scene.sent[0]?.entries).toEqual([{ key: 'shop:row:1', version: 5 }, { key: 'shop:row:2' }]);
  });

  it('do not wait again for what was applied of a batch', async () => {
    [scene.fails, scene.partly] = [false, true];
    for (let id = 0; id < 300; id++) scene.pending.add(entry(`${id}`, 1), null);
    scene.pending.add({ entries: [], tags: ['shop:tag:1' as Tag] }, null);
    await jest.advanceTimersByTimeAsync(50);
    expect(scene.pending.giveUp()).toEqual({ entries: 150, tags: 0 });
    expect(scene.applied[0]).toEqual([150, 150]);
  });
});
