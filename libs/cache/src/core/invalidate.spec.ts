import { setUpRows } from '../../test/support/row-space.js';
import { never, Row, row } from '../../test/support/versioned-row.js';
import { defineSpace } from './define-space.js';

describe('invalidate', () => {
  it('takes several ids at once, and none', async () => {
    const { space } = setUpRows();
    for (const id of ['1', '2', '3']) await space.getOrSet(id, async () => row(1));
    await space.invalidate(['1', '2']);
    await space.invalidate([]);
    expect((await space.peek('1')).status).toBe('absent');
    expect((await space.peek('2')).status).toBe('absent');
    expect((await space.peek('3')).status).toBe('fresh');
  });

  it('reaches the keys of the other schema versions that releases still read', async () => {
    const { cache, space } = setUpRows();
    const versions = {
      service: 'shop',
      entity: 'row',
      value: Row,
      version: (each: Row) => each.version,
      ttlMs: 10_000,
    };
    const next = cache.space(defineSpace({ ...versions, schemaVersion: 2, alsoInvalidates: [1] }));
    await space.getOrSet('1', async () => row(1));
    await next.getOrSet('1', async () => row(1));
    expect(await next.put('1', row(2))).toBe(true);
    expect(await next.getOrSet('1', never)).toEqual(row(2));
    expect(await space.getOrSet('1', async () => row(2))).toEqual(row(2));
    await next.invalidate('1', { version: 3 });
    expect((await space.peek('1')).status).toBe('absent');
    await space.getOrSet('1', async () => row(3));
    await next.retire();
    expect((await space.peek('1')).status).toBe('absent');
  });
});
