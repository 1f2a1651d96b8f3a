import { z } from 'zod';
import { anything, row, rows, setUp } from '../../test/support/priced-rows.js';
import { never } from '../../test/support/versioned-row.js';
import { Cache } from './cache.js';
import { defineSpace } from './define-space.js';

describe('SpaceCache.getOrSet', () => {
  it('loads on a miss, then serves a copy from the store', async () => {
    const space = setUp().cache.space(rows);
    const loaded = { value: row(1), outcome: 'miss', tier: 'source', ageMs: 0, stored: true, shared: false };
    expect(await space.read('1', async () => row(1))).toEqual(loaded);
    const hit = await space.read('1', never);
    expect(hit).toMatchObject({ value: row(1), outcome: 'hit', tier: 'store', stored: false, shared: false });
    expect(hit.value).not.toBe((await space.read('1', never)).value);
  });

  it('serves what is compressed', async () => {
    const texts = defineSpace({
      service: 'shop',
      entity: 'text',
      value: z.string(),
      ttlMs: 1_000,
      compressAboveBytes: 10,
    });
    const space = setUp().cache.space(texts);
    await space.getOrSet('1', async () => 'x'.repeat(100));
    expect(await space.getOrSet('1', never)).toBe('x'.repeat(100));
    expect(await space.getOrSetMany(['1'], never)).toEqual(new Map([['1', 'x'.repeat(100)]]));
  });

  it.each([[0], [''], [false], [[]], [{}]])('stores %j as a value', async (value) => {
    const space = setUp().cache.space(anything);
    await space.getOrSet('falsy', async () => value);
    expect(await space.getOrSet('falsy', never)).toEqual(value);
  });

  it('caches absence for its own, shorter time', async () => {
    const { cache, clock } = setUp();
    const space = cache.space(rows);
    expect(await space.getOrSet('none', async () => null)).toBeNull();
    expect(await space.getOrSet('none', never)).toBeNull();
    clock.advance(1_001);
    expect(await space.getOrSet('none', async () => row(1))).toEqual(row(1));
  });

  it('returns undefined without storing it, and without keeping the lease', async () => {
    const space = setUp().cache.space(rows);
    expect(await space.getOrSet('u', async () => undefined)).toBeUndefined();
    expect(await space.getOrSet('u', async () => row(1))).toEqual(row(1));
  });

  it('returns a value that JSON cannot hold without storing it', async () => {
    const { cache, events } = setUp();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    expect((await cache.space(anything).read('c', async () => circular)).stored).toBe(false);
    expect(events).toContainEqual({ type: 'fill', space: 'shop:any', result: 'unstorable' });
  });

  it.each([0, -1, 1.5, NaN])('returns a row whose version is %d without storing it', async (version) => {
    const { cache, events } = setUp();
    const space = cache.space(rows);
    expect(await space.read('1', async () => ({ ...row(1), version }))).toMatchObject({
      value: { version },
      stored: false,
    });
    expect(events).toContainEqual({ type: 'fill', space: rows.name, result: 'unstorable' });
    expect(await space.peek('1')).toEqual({ status: 'absent' });
  });

  it('replaces a stored value that no longer fits its schema', async () => {
    const { cache, store, clock, events } = setUp();
    const old = defineSpace({ service: 'shop', entity: 'row', value: z.object({ old: z.boolean() }), ttlMs: 9_000 });
    await new Cache({ store, clock }).space(old).getOrSet('1', async () => ({ old: true }));
    expect(await cache.space(rows).read('1', async () => row(2))).toMatchObject({ outcome: 'miss', stored: true });
    expect(events).toContainEqual({ type: 'corrupt', space: 'shop:row' });
  });
});
