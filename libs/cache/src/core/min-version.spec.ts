import { setUpRows } from '../../test/support/row-space.js';
import { never, row } from '../../test/support/versioned-row.js';
import { turns } from '../testing/turns.js';
import { Cache } from './cache.js';

const L1 = { l1: { maxEntries: 10, maxBytes: 10_000 } };

describe('a read that has seen a version', () => {
  it('takes nothing older from the store, and stores what it loads instead', async () => {
    const { space } = setUpRows();
    await space.getOrSet('1', async () => row(4));
    expect((await space.read('1', never, { minVersion: 4 })).outcome).toBe('hit');
    const read = await space.read('1', async () => row(5), { minVersion: 5 });
    expect(read).toMatchObject({ value: row(5), outcome: 'miss', stored: true });
    expect(await space.getOrSet('1', never, { minVersion: 5 })).toEqual(row(5));
  });

  it('says by id what it has seen', async () => {
    const { space } = setUpRows();
    const load = (versions: Record<string, number>) => async (ids: readonly string[]) =>
      new Map(ids.map((id) => [id, row(versions[id]!)]));
    await space.getOrSetMany(['1', '2', '3'], load({ 1: 4, 2: 4, 3: 4 }));
    const seen: Record<string, number> = { 1: 5, 2: 4 };
    const loaded: string[][] = [];
    const reload = async (ids: readonly string[]) => (loaded.push([...ids]), load({ 1: 6 })(ids));
    const values = await space.getOrSetMany(['1', '2', '3'], reload, { minVersion: (id) => seen[id] });
    expect([...values]).toEqual([
      ['1', row(6)],
      ['2', row(4)],
      ['3', row(4)],
    ]);
    expect(loaded).toEqual([['1']]);
  });

  it('takes nothing older from the process, which keeps the newer one then', async () => {
    const { space, memory, clock, rows } = setUpRows(L1);
    await space.getOrSet('1', async () => row(4));
    expect((await space.read('1', never, { minVersion: 4 })).tier).toBe('l1');
    const read = await space.read('1', async () => row(5), { minVersion: 5 });
    expect(read).toMatchObject({ value: row(5), outcome: 'miss' });
    expect(await space.read('1', never, { minVersion: 5 })).toMatchObject({ value: row(5), tier: 'l1' });
    expect((await space.getOrSetMany(['1'], never, { minVersion: 5 })).get('1')).toEqual(row(5));
    expect(await new Cache({ store: memory, clock }).space(rows).getOrSet('1', never)).toEqual(row(5));
  });

  it('loads an absence that may be older than what it has seen', async () => {
    const { space } = setUpRows();
    await space.invalidate('1', { version: 3 });
    expect(await space.getOrSet('1', async () => null)).toBeNull();
    expect((await space.read('1', never, { minVersion: 3 })).outcome).toBe('hit');
    expect(await space.getOrSet('1', async () => row(4), { minVersion: 4 })).toEqual(row(4));
    expect(await space.getOrSet('1', never)).toEqual(row(4));
  });

  it.each([['in the store', {}] as const, ['within the process', L1] as const])(
    'of a version that nobody has costs one load, and what the source has stays cached %s',
    async (_, more) => {
      const { space } = setUpRows(more);
      await space.getOrSet('1', async () => row(4));
      let loads = 0;
      const load = async () => (loads++, row(4));
      const options = { minVersion: Number.MAX_SAFE_INTEGER };
      expect(await space.read('1', load, options)).toMatchObject({ value: row(4), outcome: 'miss', stored: true });
      expect(loads).toBe(1);
      expect(await space.getOrSet('1', load, options)).toEqual(row(4));
      expect(await space.getOrSet('2', async () => null, options)).toBeNull();
      expect(loads).toBe(2);
      expect(await space.getOrSet('1', never)).toEqual(row(4));
    },
  );

  it('loads after others who fill what is too old for it, once', async () => {
    const { space, memory, clock, rows } = setUpRows();
    const other = new Cache({ store: memory, clock }).space(rows);
    let loads = 0;
    const load = async () => (loads++, row(9));
    let waiting = true;
    const filling = other.getOrSet('1', async () => {
      while (waiting) await turns(1);
      return row(4);
    });
    await turns();
    const read = space.read('1', load, { minVersion: 5 });
    await turns();
    waiting = false;
    await filling;
    for (let passed = 0; passed < 10; passed++) {
      clock.advance(100);
      await turns();
    }
    expect((await read).value).toEqual(row(9));
    expect(loads).toBe(1);
  });
});
