import { setUpRows } from '../../test/support/row-space.js';
import { row, type Row } from '../../test/support/versioned-row.js';
import { turns } from '../testing/turns.js';

describe('errorBackoffMs', () => {
  it('holds the next load of an id back, and lets all that wait share it', async () => {
    const { space, clock } = setUpRows({ errorBackoffMs: 1_000 });
    await expect(space.getOrSet('1', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    let loads = 0;
    const load = async (): Promise<Row> => (loads++, row(1));
    const reads = Promise.all([space.getOrSet('1', load), space.getOrSet('1', load), space.getOrSet('1', load)]);
    expect(await space.getOrSet('2', async () => row(5))).toEqual(row(5));
    await turns();
    expect(loads).toBe(0);
    clock.advance(1_001);
    expect(await reads).toEqual([row(1), row(1), row(1)]);
    expect(loads).toBe(1);
  });
});
