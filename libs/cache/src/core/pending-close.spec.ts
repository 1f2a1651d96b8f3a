import { jest } from '@jest/globals';
import { entry, PendingScene } from '../../test/support/pending-scene.js';

describe('invalidations that wait when a cache is closed', () => {
  let scene: PendingScene;

  beforeEach(() => {
    jest.useFakeTimers();
    scene = new PendingScene();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  it('are sent by a close past one that the store refuses', async () => {
    [scene.fails, scene.poison] = [false, 'shop:row:0'];
    for (let id = 0; id < 1_000; id++) scene.pending.add(entry(`${id}`, 1), null);
    await scene.pending.close();
    expect(scene.pending.giveUp()).toEqual({ entries: 1, tags: 0 });
  });

  it('are tried by a close in ever smaller batches, until one alone has failed twice', async () => {
    for (let id = 0; id < 1_000; id++) scene.pending.add(entry(`${id}`, 1), null);
    await scene.pending.close();
    expect(scene.sent.map(({ entries }) => entries.length)).toEqual([500, 250, 125, 62, 31, 15, 7, 3, 1, 1, 1]);
    expect(scene.pending.giveUp()).toEqual({ entries: 1_000, tags: 0 });
  });

  it('are all sent by a close to a store that is too slow for so many', async () => {
    [scene.fails, scene.most] = [false, 200];
    for (let id = 0; id < 450; id++) scene.pending.add(entry(`${id}`, 1), null);
    await scene.pending.close();
    expect(scene.pending.giveUp()).toEqual({ entries: 0, tags: 0 });
  });

  it('are all sent by a close to a store that answers', async () => {
    scene.fails = false;
    for (let id = 0; id < 1_000; id++) scene.pending.add(entry(`${id}`, 1), null);
    await scene.pending.close();
    expect(scene.sent.map(({ entries }) => entries.length)).toEqual([500, 500]);
    expect(scene.pending.giveUp()).toEqual({ entries: 0, tags: 0 });
  });

  it('are not sent any more once they are given up', async () => {
    scene.fails = false;
    for (let id = 0; id < 1_000; id++) scene.pending.add(entry(`${id}`, 1), null);
    const closed = scene.pending.close();
    expect(scene.pending.giveUp()).toEqual({ entries: 1_000, tags: 0 });
    await closed;
    expect(scene.sent.length).toBe(1);
    expect(scene.pending.covers('shop:row:999', [])).toBe(true);
  });

  it('are not repeated after a close that came while they were sent', async () => {
    scene.pending.add(entry('1', 2), null);
    jest.advanceTimersByTime(50);
    await scene.pending.close();
    const tries = scene.sent.length;
    await jest.advanceTimersByTimeAsync(10_000);
    expect(scene.sent.length).toBe(tries);
  });

  it('are sent once by a close that comes while they are being sent', async () => {
    scene.fails = false;
    scene.pending.add(entry('1', 2), null);
    jest.advanceTimersByTime(50);
    await scene.pending.close();
    expect(scene.sent.length).toBe(1);
    expect(scene.applied).toEqual([[1, 0]]);
  });

  it('are not told as applied once they were given up', async () => {
    scene.fails = false;
    scene.pending.add(entry('1', 2), null);
    const closed = scene.pending.close();
    scene.pending.giveUp();
    await closed;
    expect(scene.applied).toEqual([]);
  });
});
