import { setUpRows } from '../../test/support/row-space.js';
import { never, row, type Row } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';

describe('timeoutMs', () => {
  it('leaves half of its time to the load when the store hangs', async () => {
    const { space, store } = setUpRows({});
    store.look = () => new Promise(() => undefined);
    expect(await space.read('1', async () => row(1), { timeoutMs: 60 })).toMatchObject({
      value: row(1),
      outcome: 'bypass',
    });
    const many = await space.readMany(['1'], async () => new Map([['1', row(1)]]), { timeoutMs: 60 });
    expect(many.get('1')).toMatchObject({ value: row(1), outcome: 'bypass' });
  });

  it('ends the wait of one reader, not the load', async () => {
    const { space } = setUpRows({});
    const query = deferred<Row>();
    const patient = space.getOrSet('1', () => query.promise);
    await expect(space.getOrSet('1', never, { timeoutMs: 10 })).rejects.toMatchObject({ code: 'LOAD_TIMEOUT' });
    query.resolve(row(1));
    expect(await patient).toEqual(row(1));
    expect((await space.read('1', never)).outcome).toBe('hit');
  });
});
