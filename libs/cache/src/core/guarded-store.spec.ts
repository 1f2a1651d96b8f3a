import { rows, setUp, until } from '../../test/support/cuttable-store.js';
import { Cache } from './cache.js';

describe('a store that cannot be reached', () => {
  it('is left alone after some failures', async () => {
    const { store, cache, events } = setUp({ probeAfterMs: 60_000 });
    store.cut = true;
    for (let read = 0; read < 10; read++) {
      const answered = await cache.space(rows).read('1', async () => 1);
      expect(answered).toMatchObject({ value: 1, outcome: 'bypass', stored: false });
    }
    expect(store.looks).toBe(3);
    expect(events).toContainEqual({ type: 'circuit', state: 'open' });
  });

  it('is asked again later, and used again when it answers', async () => {
    const { store, cache, events } = setUp();
    store.cut = true;
    for (let read = 0; read < 3; read++) await cache.space(rows).read('1', async () => 1);
    store.cut = false;
    await until(async () => (await cache.space(rows).read('1', async () => 1)).stored);
    expect(events).toContainEqual({ type: 'circuit', state: 'closed' });
  });

  it('is waited for in full once, and then more briefly', async () => {
    const { store, cache, events } = setUp({ operationTimeoutMs: 1_000 });
    store.frozen = true;
    await cache.space(rows).getOrSet('1', async () => 1);
    await cache.space(rows).getOrSet('1', async () => 1);
    const [first = 0, second] = events.flatMap((event) => (event.type === 'operation' ? [event.durationMs] : []));
    expect(first).toBeGreaterThan(990);
    expect(second).toBeLessThan(750);
  });

  it('is probed in the background when it hangs: no read waits for that', async () => {
    const { store, cache, events } = setUp({ operationTimeoutMs: 100 });
    const read = (id = '1'): Promise<number> => cache.space(rows).getOrSet(id, async () => 1);
    store.frozen = true;
    for (const id of ['1', '2', '3']) await read(id);
    await until(async () => {
      await read();
      return events.some((event) => event.type === 'circuit' && event.state === 'half-open');
    });
    await read();
    expect(store.looks).toBe(3);
    expect(store.pings - store.looks).toBe(1); // each look asks for the time too, until it is known
  });

  it('is told of invalidations even while reads are kept from it', async () => {
    const { store, cache, events } = setUp({ probeAfterMs: 60_000 });
    await cache.space(rows).getOrSet('1', async () => 1);
    store.cut = true;
    for (let read = 0; read < 3; read++) await cache.space(rows).getOrSet('2', async () => 2);
    expect(events).toContainEqual({ type: 'circuit', state: 'open' });
    store.cut = false;
    await cache.space(rows).invalidate('1', { version: 2 });
    expect((await new Cache({ store }).space(rows).peek('1')).status).toBe('absent');
  });
});

describe('the time of a store', () => {
  it('is unknown while the store is given up, and known when it is back, though nobody else asks', async () => {
    const { store, cache, events } = setUp();
    store.cut = true;
    for (let asked = 0; asked < 4; asked++) expect(await cache.now()).toBeNull();
    expect(events).toContainEqual({ type: 'circuit', state: 'open' });
    store.cut = false;
    await until(async () => (await cache.now()) !== null);
  });
});
