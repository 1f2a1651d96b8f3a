import { label, rows, setUp, until } from '../../test/support/cuttable-store.js';
import { deferred } from '../testing/deferred.js';

describe('a store that cannot be reached', () => {
  it('keeps what was invalidated from being served by this process until the store has applied it', async () => {
    const { store, cache } = setUp();
    await cache.space(rows).getOrSet('1', async () => 1);
    await cache.space(rows).getOrSet('list', async () => 1, { tags: [label] });
    store.cut = true;
    const change = cache.invalidate({ entries: [...rows.entries('1', 2), ...rows.entries('1', 3)], tags: [label] });
    await expect(change).rejects.toMatchObject({ code: 'INVALIDATION_PENDING', cause: new Error('cut') });
    expect(cache.pendingInvalidations).toBe(2);
    store.cut = false; // it has kept the old values
    expect(await cache.space(rows).getOrSet('1', async () => 3)).toBe(3);
    expect(await cache.space(rows).getOrSet('list', async () => 3, { tags: [label] })).toBe(3);
    await until(async () => cache.pendingInvalidations === 0);
    expect(await cache.space(rows).read('1', async () => 3)).toMatchObject({ value: 3, outcome: 'miss', stored: true });
    await cache.close();
  });

  it('does not serve an answer that left the store before a waiting invalidation was applied', async () => {
    const { store, cache } = setUp({ operationTimeoutMs: 60_000 });
    await cache.space(rows).getOrSet('1', async () => 1);
    store.cut = true;
    await expect(cache.space(rows).invalidate('1', { version: 2 })).rejects.toMatchObject({
      code: 'INVALIDATION_PENDING',
    });
    store.cut = false;
    const answered = deferred<undefined>();
    store.delay = answered.promise;
    const read = cache.space(rows).read('1', async () => 2); // finds the old value, and is told late
    await until(async () => cache.pendingInvalidations === 0);
    answered.resolve(undefined);
    expect(await read).toMatchObject({ value: 2, outcome: 'bypass' });
    await cache.close();
  });

  it('retires the space when too many of its invalidations wait, and none is lost', async () => {
    const { store, cache, events } = setUp({ maxPendingInvalidations: 2 });
    const space = cache.space(rows);
    for (const id of ['1', '2', '3', '4']) await space.getOrSet(id, async () => 1);
    store.cut = true;
    for (const id of ['1', '2', '3']) {
      await expect(space.invalidate(id, { version: 2 })).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    }
    await expect(space.invalidate('1', { version: 3 })).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    expect(cache.pendingInvalidations).toBe(1);
    expect(events).toContainEqual({ type: 'retired', space: 'shop:row', reason: 'overflow' });
    store.cut = false;
    await until(async () => cache.pendingInvalidations === 0);
    for (const id of ['1', '2', '3', '4']) expect((await space.peek(id)).status).toBe('absent');
    await cache.close();
  });

  it('is told as applied when the store is back, several of one entry as one', async () => {
    const { store, cache, events } = setUp();
    store.cut = true;
    for (const version of [2, 3]) {
      const change = cache.invalidate({ entries: rows.entries('1', version), tags: [label] });
      await expect(change).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    }
    store.cut = false;
    await until(async () => cache.pendingInvalidations === 0);
    const told = { type: 'invalidation', entries: 1, tags: 1 };
    expect(events.filter(({ type }) => type === 'invalidation')).toEqual([
      { ...told, result: 'queued', pending: 2 },
      { ...told, result: 'queued', pending: 2 },
      { ...told, result: 'applied', pending: 0 },
    ]);
    await cache.close();
  });

  it('is told of all that waits when the cache is closed', async () => {
    const { store, cache, events } = setUp();
    const ids = Array.from({ length: 1_200 }, (_, id) => String(id));
    store.cut = true;
    await expect(cache.space(rows).invalidate(ids)).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    store.cut = false;
    await cache.close();
    expect(cache.pendingInvalidations).toBe(0);
    expect(events).not.toContainEqual(expect.objectContaining({ result: 'dropped' }));
  });

  it('costs what still waits when the cache is closed, and that is told', async () => {
    const { store, cache, events } = setUp();
    store.cut = true;
    const change = cache.invalidate({ entries: rows.entries('1', 2), tags: [label] });
    await expect(change).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    await cache.close();
    expect(events.at(-1)).toEqual({ type: 'invalidation', entries: 1, tags: 1, result: 'dropped', pending: 2 });
  });

  it('says so when too many tags wait, or none may', async () => {
    const { store, cache, events } = setUp({ maxPendingInvalidations: 0 });
    store.cut = true;
    await expect(cache.invalidate({ entries: rows.entries('2', 2), tags: [] })).rejects.toMatchObject({
      code: 'INVALIDATION_LOST',
    });
    expect(events).toContainEqual({ type: 'invalidation', entries: 1, tags: 0, result: 'rejected', pending: 0 });
    await cache.close();
  });
});
