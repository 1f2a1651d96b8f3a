import { setUpL1 } from '../../test/support/late-feed.js';
import { never, row } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';
import { turns } from '../testing/turns.js';
import { tag } from './tag.js';

describe('a space with an L1', () => {
  it('is past its own invalidations at once', async () => {
    const { space, cache, store, hears } = setUpL1();
    hears();
    store.feed.holds = true;
    for (const id of ['1', '2', '3']) await space.getOrSet(id, async () => row(1));
    await space.invalidate('1', { version: 2 });
    expect(await space.getOrSet('1', async () => row(2))).toEqual(row(2));
    await space.retire();
    expect(await space.getOrSet('2', async () => row(2))).toEqual(row(2));
    await cache.invalidate({ entries: [], tags: [tag('shop', 'other', 'x')] });
    expect((await space.read('2', never)).tier).toBe('l1');
  });

  it('hears what others invalidate, expire and retire', async () => {
    const { space, other, hears } = setUpL1();
    hears();
    await space.getOrSet('1', async () => row(1));
    await other.invalidate('1', { version: 2 });
    expect(await space.getOrSet('1', async () => row(2))).toEqual(row(2));
    await other.put('1', row(3));
    expect(await space.read('1', never)).toMatchObject({ value: row(3), tier: 'store' });
    await other.expire('1');
    expect(await space.getOrSet('1', async () => row(4))).toEqual(row(4));
    await other.retire();
    expect(await space.getOrSet('1', async () => row(5))).toEqual(row(5));
  });

  it('does not keep what was read before an invalidation that arrived first', async () => {
    const { space, other, store, events, hears } = setUpL1();
    hears();
    await other.getOrSet('1', async () => row(1));
    const answered = deferred<null>();
    store.answered = answered.promise;
    const reading = space.read('1', never); // finds the old value, and is told late
    await turns(2);
    await other.invalidate('1', { version: 2 });
    answered.resolve(null);
    expect((await reading).value).toEqual(row(1));
    expect(await space.getOrSet('1', async () => row(2))).toEqual(row(2));
    expect(events).toContainEqual({ type: 'promotion', space: 'shop:row', result: 'refused' });
  });

  it('does not keep what was read before this process loaded something newer that was not stored', async () => {
    const { space, other, store, hears } = setUpL1({ maxValueBytes: 50 });
    hears();
    await other.getOrSet('1', async () => row(1));
    const answered = deferred<null>();
    store.answered = answered.promise;
    const reading = space.read('1', never); // finds the old value, and is told late
    await turns(2);
    [store.answered, store.feed.holds] = [Promise.resolve(), true];
    await other.invalidate('1', { version: 2 });
    const large = { version: 2, tags: ['x'.repeat(100)] };
    expect(await space.read('1', async () => large)).toMatchObject({ value: large, stored: false });
    answered.resolve(null);
    expect((await reading).value).toEqual(row(1));
    expect(await space.getOrSet('1', async () => large)).toEqual(large);
  });
});
