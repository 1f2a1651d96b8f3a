import { setUpRows } from '../../test/support/row-space.js';
import { row, type Row } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';

describe('expire', () => {
  it('keeps the value for grace only, and takes the right to fill from a load that runs', async () => {
    const { space } = setUpRows({ graceMs: 60_000, staleMs: 60_000 });
    await space.getOrSet('1', async () => row(1));
    await space.expire(['1', 'unknown']);
    expect(await space.peek('1')).toMatchObject({ status: 'grace', value: row(1), ageMs: Infinity });
    expect(await space.read('1', () => Promise.reject(new Error('down')))).toMatchObject({
      value: row(1),
      outcome: 'stale',
    });
    const query = deferred<Row>();
    const begun = deferred<null>();
    const loading = space.read('1', () => (begun.resolve(null), query.promise));
    await begun.promise;
    await space.expire('1');
    query.resolve(row(1));
    expect(await loading).toMatchObject({ value: row(1), stored: false });
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), stored: true });
  });

  it('keeps the value for the grace only, however long its TTL has still to run', async () => {
    const { space, clock } = setUpRows({ ttlMs: 60_000, graceMs: 5_000 });
    await space.getOrSet('1', async () => row(1));
    await space.expire('1');
    clock.advance(4_900);
    expect((await space.peek('1')).status).toBe('grace');
    clock.advance(200);
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('is an invalidation in a space without grace', async () => {
    const { space } = setUpRows();
    await space.getOrSet('1', async () => row(1));
    await space.expire('1');
    await expect(space.read('1', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await space.expire([]);
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
    const { space, store, cache } = setUpRows({ graceMs: 60_000 });
    await space.getOrSet('1', async () => row(1));
    store.fail('refuse', { only: ['expire'] });
    await expect(space.expire('1')).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    await cache.close();
    expect((await space.peek('1')).status).toBe('absent');
  });
});
