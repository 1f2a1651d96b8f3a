import { FacadeScene, HOUR_MS } from '../../../test/support/facade.js';
import { deferred } from '../../testing/deferred.js';

let scene: FacadeScene;

beforeEach(() => {
  scene = new FacadeScene();
});

afterEach(() => scene.close());

describe('as cache-manager', () => {
  it('keeps each value for its own TTL, or for that of the module', async () => {
    const manager = await scene.start();
    await manager.set('short', 1, 1_000);
    await manager.set('usual', 2);
    await manager.set('long', 3, 0);
    const [short, usual, long] = await Promise.all(['short', 'usual', 'long'].map((key) => manager.ttl(key)));
    for (const [expires, ttlMs] of [
      [short, 1_000],
      [usual, HOUR_MS],
      [long, 720 * HOUR_MS],
    ] as const) {
      expect(expires! - scene.nowMs).toBeGreaterThan(ttlMs * 0.9 - 100);
      expect(expires! - scene.nowMs).toBeLessThan(ttlMs + 1_000);
    }
    expect(await manager.ttl('none')).toBeUndefined();
    scene.nowMs += 1_001;
    expect(await manager.mget(['short', 'usual', 'long'])).toEqual([undefined, 2, 3]);
    scene.nowMs += HOUR_MS;
    expect(await manager.mget(['short', 'usual', 'long'])).toEqual([undefined, undefined, 3]);
  });

  it.each([Infinity, NaN, -1, 0, '1000' as unknown as number])(
    'keeps a value as long as can be with the TTL %s',
    async (ttl) => {
      const manager = await scene.start();
      await manager.set('a', 1, ttl);
      await manager.wrap('b', () => 2, ttl);
      scene.nowMs += 600 * HOUR_MS;
      expect(await manager.mget(['a', 'b'])).toEqual([1, 2]);
    },
  );

  it('says of nothing when it will be gone that a get does not find', async () => {
    const manager = await scene.start({ staleMs: 2_000, graceMs: 600_000 });
    for (const key of ['a', 'b']) await manager.set(key, 1, 1_000);
    const goneAtMs = (await manager.ttl('a'))!;
    expect(goneAtMs - Date.now()).toBeGreaterThan(2_800);
    expect(goneAtMs - Date.now()).toBeLessThan(3_001);
    scene.nowMs += 1_500; // stale
    expect((await manager.ttl('a'))! - Date.now()).toBeLessThan(1_501);
    scene.nowMs += 2_000; // in grace
    expect([await manager.get('a'), await manager.ttl('a')]).toEqual([undefined, undefined]);
    await manager.set('b', 1);
    await manager.clear();
    expect([await manager.get('b'), await manager.ttl('b')]).toEqual([undefined, undefined]);
  });

  it('wraps a load: once for all who ask, with a TTL of its own or one that the value tells', async () => {
    const manager = await scene.start();
    const loaded = deferred<string>();
    let loads = 0;
    const load = () => (loads++, loaded.promise);
    const both = [manager.wrap('a', load, 1_000), manager.wrap('a', load, 1_000)];
    loaded.resolve('value');
    expect(await Promise.all(both)).toEqual(['value', 'value']);
    expect(loads).toBe(1);
    scene.nowMs += 1_001;
    expect(await manager.wrap('a', () => 'again')).toBe('again');
    expect(await manager.wrap('b', () => null, { ttl: () => 5_000 })).toBeNull();
    expect(await manager.wrap('b', () => 'not called')).toBeNull();
    expect(await manager.wrap('c', (): unknown => undefined)).toBeUndefined();
    const { value, expires } = (await manager.wrap('b', () => 'not called', { raw: true }))!;
    expect(value).toBeNull();
    expect(expires! - Date.now()).toBeGreaterThan(4_300);
    expect(expires! - Date.now()).toBeLessThan(5_001);
    await expect(manager.wrap('d', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
