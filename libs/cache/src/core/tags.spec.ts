import { anything, setUp } from '../../test/support/priced-rows.js';
import { never } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';
import { tag } from './tag.js';

describe('tags', () => {
  const members = tag('shop', 'members', 'fruit');

  it('serve a derived value until one of them is retired', async () => {
    const { cache } = setUp();
    const space = cache.space(anything);
    await space.getOrSet('list', async () => ['a'], { tags: [members] });
    expect((await space.read('list', never, { tags: [members] })).outcome).toBe('hit');
    await cache.invalidate({ entries: [], tags: [members] });
    expect(await space.read('list', async () => ['a', 'b'], { tags: [members] })).toMatchObject({
      outcome: 'miss',
      stored: true,
    });
    expect(await space.getOrSet('list', never, { tags: [members] })).toEqual(['a', 'b']);
  });

  it('reject what was loaded before they were retired', async () => {
    const { cache } = setUp();
    const space = cache.space(anything);
    const query = deferred<string[]>();
    const begun = deferred<null>();
    const stale = space.getOrSet('list', () => (begun.resolve(null), query.promise), { tags: [members] });
    await begun.promise;
    await cache.invalidate({ entries: [], tags: [members] });
    query.resolve(['old']);
    await stale;
    expect(await space.getOrSet('list', async () => ['new'], { tags: [members] })).toEqual(['new']);
  });
});
