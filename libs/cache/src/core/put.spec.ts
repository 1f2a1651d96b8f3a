import { z } from 'zod';
import { setUpRows } from '../../test/support/row-space.js';
import { never, Row, row } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';
import { defineSpace } from './define-space.js';

describe('put', () => {
  it('puts the new value in the place of an older one: the next read is warm', async () => {
    const { space } = setUpRows();
    await space.getOrSet('1', async () => row(1));
    expect(await space.put('1', row(2))).toBe(true);
    expect(await space.read('1', never)).toMatchObject({ value: row(2), outcome: 'hit' });
  });

  it('stores nothing where nothing was cached, and nothing older can be filled any more', async () => {
    const { space } = setUpRows();
    const query = deferred<Row>();
    const begun = deferred<null>();
    const stale = space.getOrSet('1', () => (begun.resolve(null), query.promise));
    await begun.promise;
    expect(await space.put('1', row(2))).toBe(false);
    query.resolve(row(1));
    await stale;
    expect((await space.peek('1')).status).toBe('absent');
    expect(await space.getOrSet('1', async () => row(2))).toEqual(row(2));
  });

  it('leaves a newer value alone', async () => {
    const { space } = setUpRows();
    await space.getOrSet('1', async () => row(3));
    expect(await space.put('1', row(2))).toBe(false);
    expect(await space.getOrSet('1', never)).toEqual(row(3));
  });

  it('does not survive a retirement that came before it', async () => {
    const { space } = setUpRows();
    await space.getOrSet('1', async () => row(1));
    await space.retire();
    await space.put('1', row(2));
    expect(await space.getOrSet('1', async () => row(3))).toEqual(row(3));
  });

  it('invalidates what cannot be stored', async () => {
    const { space } = setUpRows({ maxValueBytes: 50 });
    await space.getOrSet('1', async () => row(1));
    expect(await space.put('1', { version: 2, name: 'x'.repeat(100) })).toBe(false);
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('invalidates what cannot tell its TTL', async () => {
    let isBroken = false;
    const ttlMsOf = (): number => {
      if (isBroken) throw new Error('no TTL');
      return 1_000;
    };
    const { space } = setUpRows({ ttlMsOf });
    await space.getOrSet('1', async () => row(1));
    isBroken = true;
    expect(await space.put('1', row(2))).toBe(false);
    isBroken = false;
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('invalidates what cannot tell its version', async () => {
    const { space } = setUpRows();
    await space.getOrSet('1', async () => row(1));
    await expect(space.put('1', row(1.5))).rejects.toThrow(TypeError);
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('waits as an invalidation when the store cannot be reached', async () => {
    const { space, store, cache } = setUpRows();
    await space.getOrSet('1', async () => row(1));
    store.fail('refuse');
    await expect(space.put('1', row(2))).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    store.heal();
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), outcome: 'bypass' });
    await cache.close();
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('needs versions, and one that is one', async () => {
    const { cache, space } = setUpRows();
    const lists = cache.space(
      defineSpace({ service: 'shop', entity: 'list', value: z.array(z.string()), ttlMs: 1_000 }),
    );
    await expect(lists.put('all', [])).rejects.toThrow('shop:list has no versions');
    for (const version of [1.5, 0, -1]) await expect(space.put('1', row(version))).rejects.toThrow(TypeError);
    const version = (): number => {
      throw new Error('no such field');
    };
    const broken = cache.space(defineSpace({ service: 'shop', entity: 'broken', value: Row, version, ttlMs: 1_000 }));
    await expect(broken.put('1', row(1))).rejects.toThrow(TypeError);
  });
});
