import { jest } from '@jest/globals';
import { entry, PendingScene } from '../../test/support/pending-scene.js';
import { setUpRows } from '../../test/support/row-space.js';
import { never, row } from '../../test/support/versioned-row.js';
import type { Tag } from './invalidation.js';

describe('invalidations that wait, and are to end intents', () => {
  let scene: PendingScene;

  beforeEach(() => {
    jest.useFakeTimers();
    scene = new PendingScene();
  });

  afterEach(() => {
    jest.useRealTimers();
  });

  const sentAtLast = async (): Promise<unknown> => {
    scene.fails = false;
    await jest.advanceTimersByTimeAsync(200);
    expect(scene.pending.size).toBe(0);
    return scene.sent.at(-1)?.entries;
  };
  const key = 'shop:row:1';

  it('end all of them, at the newest version', async () => {
    for (const each of [entry('1', 2, '7'), entry('1', 5, '8'), entry('1', 3), entry('1', 4, '7')])
      scene.pending.add(each, null);
    expect(scene.pending.size).toBe(1);
    expect(await sentAtLast()).toEqual([
      { key, version: 5, transaction: '7' },
      { key, version: 5, transaction: '8' },
    ]);
  });

  it('end them also when nobody knows a version', async () => {
    for (const each of [entry('1', 2, '7'), entry('1'), entry('1', 4, '8')]) scene.pending.add(each, null);
    expect(await sentAtLast()).toEqual([
      { key, transaction: '7' },
      { key, transaction: '8' },
    ]);
  });

  it('give way to the retiring of their space as the others do', async () => {
    scene.pending.add({ entries: [], tags: ['shop:generation:row' as Tag] }, null);
    scene.pending.add(entry('1', 2, '7'), null);
    expect(scene.pending.size).toBe(1);
    expect(await sentAtLast()).toEqual([]);
    expect(scene.sent.at(-1)?.tags).toEqual(['shop:generation:row']);
  });
});

it('an intent whose end waits for the store stands there until it is ended, and reads load meanwhile', async () => {
  const { space, cache, rows, store, memory } = setUpRows({ freshness: 'strict' });
  await cache.intend(rows.intents('1', '7'));
  store.fail('refuse', { only: ['invalidate'], times: 1 });
  const [own] = rows.entries('1', 2);
  const change = cache.invalidate({ entries: [{ ...own!, transaction: '7' }], tags: [] });
  await expect(change).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
  expect((await space.read('1', async () => row(2))).outcome).toBe('bypass');
  await cache.close(); // tries once more
  expect((await memory.inspect('shop:row:1')).entry).toMatchObject({ state: 'tombstone', floor: 2 });
  expect((await space.read('1', async () => row(2))).stored).toBe(true);
  expect(await space.getOrSet('1', never)).toEqual(row(2));
});
