import { setUpRows } from '../../test/support/row-space.js';
import { row } from '../../test/support/versioned-row.js';

describe('the time of the store', () => {
  it('is told, never too late, and asked for every ten seconds', async () => {
    const { cache, store, clock } = setUpRows();
    const startMs = clock.now();
    expect(await cache.now()).toBe(startMs);
    clock.advance(10_000);
    expect(await cache.now()).toBe(startMs + 10_000);
    expect(store.count('now')).toBe(1);
    clock.advance(1);
    expect(await cache.now()).toBe(startMs + 10_001);
    expect(store.count('now')).toBe(2);
  });

  it('is that of when the store was asked, and no later, if the answer takes a while', async () => {
    const { cache, memory, clock } = setUpRows();
    memory.now = async () => {
      clock.advance(30); // on the way there
      const nowMs = clock.now();
      clock.advance(40); // and back
      return nowMs;
    };
    expect(await cache.now()).toBe(clock.now() - 40);
  });

  it('is not told by a store that does not tell it', async () => {
    const { cache, store, clock } = setUpRows();
    store.fail('refuse', { only: ['now'], times: 1 });
    expect(await cache.now()).toBeNull();
    expect(await cache.now()).toBe(clock.now());
    clock.advance(10_001);
    store.fail('refuse', { only: ['now'], times: 1 });
    expect(await cache.now()).toBeNull();
  });

  it('is not told while the store is given up, though it is known', async () => {
    const { cache, store, space } = setUpRows();
    await cache.now();
    store.fail('refuse');
    for (let failures = 0; failures < 3; failures++) await space.getOrSet('1', async () => row(1));
    expect(cache.condition.circuit).toBe('open');
    expect(await cache.now()).toBeNull();
  });

  it('is forgotten after a minute: what is put then is only invalidated', async () => {
    const { space, store, clock } = setUpRows({ ttlMs: 600_000 });
    await space.getOrSet('1', async () => row(1));
    store.fail('refuse', { only: ['now'] });
    clock.advance(59_999);
    expect(await space.put('1', row(2))).toBe(true);
    clock.advance(1);
    expect(await space.put('1', row(3))).toBe(false);
    store.heal();
    expect((await space.peek('1')).status).toBe('absent');
  });
});
