import { setUpL1 } from '../../test/support/late-feed.js';
import { never, row, Row } from '../../test/support/versioned-row.js';
import { defineSpace } from './define-space.js';
import { tag } from './tag.js';

describe('a space with an L1', () => {
  it('keeps what it loads and what it finds, frozen, and answers without asking the store', async () => {
    const { space, other, store, hears } = setUpL1();
    hears();
    await space.getOrSet('1', async () => ({ version: 1, tags: ['a'] }));
    await other.getOrSet('2', async () => row(2));
    await space.getOrSet('2', never);
    const looks = store.looks;
    const read = await space.read('1', never);
    expect(read).toMatchObject({ value: { version: 1, tags: ['a'] }, outcome: 'hit', tier: 'l1' });
    expect(Object.isFrozen(read.value) && Object.isFrozen(read.value.tags)).toBe(true);
    expect(await space.getOrSet('2', never)).toEqual(row(2));
    expect([...(await space.getOrSetMany(['2', '1'], never)).keys()]).toEqual(['2', '1']);
    expect(store.looks).toBe(looks);
  });

  it('does not freeze what a load has returned', async () => {
    const { space, hears } = setUpL1();
    hears();
    const loaded = await space.getOrSet('1', async () => ({ version: 1, tags: ['a'] }));
    expect(Object.isFrozen(loaded)).toBe(false);
  });

  it('keeps absence and odd ids, each under its own', async () => {
    const { space, store, hears } = setUpL1();
    hears();
    const ids = ['none', 'a b', '#', 'ü', 'x'.repeat(200)];
    for (const id of ids) await space.getOrSet(id, async () => null);
    const looks = store.looks;
    for (const id of ids) expect(await space.getOrSet(id, never)).toBeNull();
    expect(store.looks).toBe(looks);
    await expect(space.getOrSet('', never)).rejects.toThrow(TypeError);
    // The key part of another id is an id like any other.
    const part = defineSpace({ service: 'shop', entity: 'row', value: Row, ttlMs: 1 })
      .key('a b')
      .slice('shop:row:'.length);
    expect(await space.getOrSet(part, async () => row(7))).toEqual(row(7));
  });

  it('leaves reads with tags to the store, which alone can check them', async () => {
    const { space, hears } = setUpL1({});
    hears();
    const tags = [tag('shop', 'members', 'all')];
    await space.getOrSet('1', async () => row(1), { tags });
    expect((await space.read('1', never, { tags })).tier).toBe('store');
    expect((await space.read('1', never, { tags })).tier).toBe('store');
  });
});
