import { setUpRows, TTL_MS } from '../../test/support/row-space.js';
import { never, row, type Row } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';
import { turns } from '../testing/turns.js';

describe('a value past its TTL, within graceMs', () => {
  it('is loaded anew first, and served only if that fails', async () => {
    const { space, clock } = setUpRows({ graceMs: 60_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    expect(await space.read('1', () => Promise.reject(new Error('down')))).toMatchObject({
      value: row(1),
      outcome: 'stale',
    });
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), outcome: 'miss', stored: true });
    clock.advance(TTL_MS + 60_001);
    await expect(space.read('1', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  });

  it('is served without a load right after one has failed', async () => {
    const { space, clock } = setUpRows({ graceMs: 60_000, errorBackoffMs: 1_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    await space.getOrSet('1', () => Promise.reject(new Error('down')));
    expect(await space.read('1', never)).toMatchObject({ value: row(1), outcome: 'stale' });
    clock.advance(1_001);
    expect((await space.read('1', async () => row(2))).value).toEqual(row(2));
  });

  it('is not served after an invalidation, even if the load fails', async () => {
    const { space, clock } = setUpRows({ graceMs: 60_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    await space.invalidate('1', { version: 2 });
    await expect(space.read('1', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  });

  it('is served when the load passes the soft timeout; the load goes on and is stored', async () => {
    const { space, clock } = setUpRows({ graceMs: 60_000, softTimeoutMs: 20 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    const query = deferred<Row>();
    expect(await space.read('1', () => query.promise)).toMatchObject({ value: row(1), outcome: 'stale' });
    query.resolve(row(2));
    await turns();
    expect(await space.read('1', never)).toMatchObject({ value: row(2), outcome: 'hit' });
  });

  it('is not stored by a load that passed the soft timeout if it was invalidated since', async () => {
    const { space, clock } = setUpRows({ graceMs: 60_000 });
    await space.getOrSet('1', async () => row(1));
    clock.advance(TTL_MS + 1);
    const query = deferred<Row>();
    await space.getOrSet('1', () => query.promise, { softTimeoutMs: 20 });
    await space.invalidate('1', { version: 2 });
    query.resolve(row(1));
    await turns();
    expect((await space.read('1', async () => row(2))).value).toEqual(row(2));
  });
});
