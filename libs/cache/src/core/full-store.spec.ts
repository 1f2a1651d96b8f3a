import { label, rows, setUp } from '../../test/support/cuttable-store.js';
import { StoreRefusal } from './errors.js';

describe('a store that is full', () => {
  it('goes on answering hits, whatever it refuses', async () => {
    const { store, cache, events } = setUp({ breakAfter: 1 });
    const space = cache.space(rows);
    await space.getOrSet('hot', async () => 1);
    store.full = true;
    for (const id of ['1', '2', '3']) {
      expect(await space.read(id, async () => 2)).toMatchObject({ value: 2, outcome: 'miss', stored: false });
      expect(await space.read('hot', async () => 2)).toMatchObject({ value: 1, outcome: 'hit' });
    }
    expect(events.map(({ type }) => type)).not.toContain('circuit');
  });

  it('is not mistaken for one that hangs: the next operation has its full time', async () => {
    const { store, cache } = setUp({ operationTimeoutMs: 200 });
    const space = cache.space(rows);
    await space.getOrSet('hot', async () => 1);
    store.full = true;
    await space.getOrSet('1', async () => 1);
    store.delay = new Promise((resolve) => setTimeout(resolve, 100));
    expect(await space.read('hot', async () => 2)).toMatchObject({ value: 1, outcome: 'hit' });
  });

  it('costs only the reads whose tags it does not have', async () => {
    const { store, cache } = setUp();
    const space = cache.space(rows);
    await space.getOrSet('hot', async () => 1);
    store.full = true;
    const [tagged, hot] = await Promise.all([
      space.read('list', async () => 2, { tags: [label] }),
      space.read('hot', async () => 2),
    ]);
    expect(tagged).toMatchObject({ value: 2, outcome: 'bypass', stored: false });
    expect(hot).toMatchObject({ value: 1, outcome: 'hit' });
  });

  it('says what it refuses, and why', async () => {
    const { store, cache, events } = setUp();
    store.full = true;
    await cache.space(rows).getOrSet('1', async () => 1);
    expect(events).toContainEqual({
      type: 'operation',
      operation: 'tags',
      durationMs: expect.any(Number) as number,
      failed: true,
      error: new StoreRefusal('full'),
    });
  });
});
