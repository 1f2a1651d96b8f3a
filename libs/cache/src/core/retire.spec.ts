import { setUpRows } from '../../test/support/row-space.js';
import { row, type Row } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';
import { generationTag } from './key.js';
import { tag } from './tag.js';

describe('retire', () => {
  it('makes all entries unservable, and those being loaded unstorable', async () => {
    const { space, events } = setUpRows({ graceMs: 60_000 });
    for (const id of ['1', '2']) await space.getOrSet(id, async () => row(1));
    const query = deferred<Row>();
    const begun = deferred<null>();
    const loading = space.getOrSet('3', () => (begun.resolve(null), query.promise));
    await begun.promise;
    await space.retire();
    query.resolve(row(1));
    await loading;
    for (const id of ['1', '2', '3']) {
      await expect(space.getOrSet(id, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    }
    expect(events.filter(({ type }) => type === 'retired')).toEqual([
      { type: 'retired', space: 'shop:row', reason: 'asked' },
    ]);
  });

  it('is an invalidation of the generation, for who only invalidates', async () => {
    const { cache, space, events } = setUpRows();
    await space.getOrSet('1', async () => row(1));
    await cache.invalidate({ entries: [], tags: [generationTag('shop', 'row'), tag('shop', 'list', 'all')] });
    expect((await space.peek('1')).status).toBe('absent');
    expect(events.filter(({ type }) => type === 'retired')).toEqual([
      { type: 'retired', space: 'shop:row', reason: 'asked' },
    ]);
  });
});
