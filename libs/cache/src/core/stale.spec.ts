import { setUpRows, TTL_MS } from '../../test/support/row-space.js';
import { never, Row, row } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';
import { turns } from '../testing/turns.js';
import { Cache } from './cache.js';
import { defineSpace } from './define-space.js';

describe('a value past its TTL, within staleMs', () => {
  it('is served at once while one reader loads it anew', async () => {
    const { space, clock, events } = setUpRows({ staleMs: 5_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    const query = deferred<Row>();
    let loads = 0;
    const load = (): Promise<Row> => (loads++, query.promise);
    const reads = await Promise.all([space.read('1', load), space.read('1', load), space.read('1', load)]);
    expect(reads.map(({ value, outcome, tier }) => [value, outcome, tier])).toEqual([
      [row(1), 'stale', 'store'],
      [row(1), 'stale', 'store'],
      [row(1), 'stale', 'store'],
    ]);
    expect(reads[0].ageMs).toBeGreaterThanOrEqual(TTL_MS);
    await turns();
    query.resolve(row(2));
    await turns();
    expect(loads).toBe(1);
    expect(await space.read('1', never)).toMatchObject({ value: row(2), outcome: 'hit' });
    expect(events).toContainEqual({ type: 'refresh', space: 'shop:row', reason: 'stale' });
  });

  it('is loaded anew by one process only', async () => {
    const { space, clock, store } = setUpRows({ staleMs: 5_000 });
    const other = new Cache({ store, clock }).space(
      defineSpace({ service: 'shop', entity: 'row', value: Row, ttlMs: TTL_MS, staleMs: 5_000 }),
    );
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    const query = deferred<Row>();
    await space.getOrSet('1', () => query.promise);
    await turns();
    expect(await other.read('1', never)).toMatchObject({ value: row(1), outcome: 'stale' });
    await turns();
    query.resolve(row(2));
    await turns();
    expect((await other.read('1', never)).value).toEqual(row(2));
  });

  it('is loaded anew by one process only, of several that find it at once', async () => {
    const { space, clock, store } = setUpRows({ staleMs: 5_000 });
    const definition = { service: 'shop', entity: 'row', value: Row, ttlMs: TTL_MS, staleMs: 5_000 };
    const others = [1, 2].map(() => new Cache({ store, clock }).space(defineSpace(definition)));
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    const query = deferred<Row>();
    let loads = 0;
    const load = (): Promise<Row> => (loads++, query.promise);
    await Promise.all([space, ...others].map((each) => each.read('1', load)));
    await turns();
    expect(loads).toBe(1);
    query.resolve(row(2));
    await turns();
  });

  it('is not served, nor stored by the load that runs, once it is invalidated', async () => {
    const { space, clock } = setUpRows({ staleMs: 5_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    const query = deferred<Row>();
    await space.getOrSet('1', () => query.promise);
    await turns();
    await space.invalidate('1', { version: 2 });
    query.resolve(row(1));
    await turns();
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), outcome: 'miss', stored: true });
  });

  it('stays when loading it anew fails, and the next read tries again', async () => {
    const { space, clock } = setUpRows({ staleMs: 5_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    await space.getOrSet('1', () => Promise.reject(new Error('down')));
    await turns();
    expect((await space.read('1', async () => row(2))).value).toEqual(row(1));
    await turns();
    expect((await space.read('1', never)).value).toEqual(row(2));
  });

  it('is loaded anew in bulk, in one call', async () => {
    const { space, clock } = setUpRows({ staleMs: 5_000 });
    const rows = (ids: string[], version: number): Map<string, Row> => new Map(ids.map((id) => [id, row(version)]));
    await space.getOrSetMany(['1', '2'], async (ids) => rows(ids, 1));
    clock.advance(TTL_MS + 1);
    const asked: string[][] = [];
    const reads = await space.readMany(['1', '2', '3'], async (ids) => (asked.push(ids), rows(ids, 2)));
    expect([...reads.values()].map(({ value, outcome }) => [value, outcome])).toEqual([
      [row(1), 'stale'],
      [row(1), 'stale'],
      [row(2), 'miss'],
    ]);
    await turns();
    expect(asked.sort()).toEqual([['1', '2'], ['3']]);
    expect([...(await space.getOrSetMany(['1', '2', '3'], never)).values()]).toEqual([row(2), row(2), row(2)]);
  });
});

describe('earlyRefresh', () => {
  it('loads a value anew before its TTL ends, and hits it all the while', async () => {
    const { space, clock, events } = setUpRows({ earlyRefresh: 0.5 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS * 0.3);
    expect((await space.read('1', never)).outcome).toBe('hit');
    clock.advance(TTL_MS * 0.4);
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(1), outcome: 'hit' });
    await turns();
    expect((await space.read('1', never)).value).toEqual(row(2));
    expect(events).toContainEqual({ type: 'refresh', space: 'shop:row', reason: 'early' });
  });
});
