import { row, type Row, rows, setUp } from '../../test/support/priced-rows.js';
import { never } from '../../test/support/versioned-row.js';
import { deferred } from '../testing/deferred.js';

describe('SpaceCache.getOrSetMany', () => {
  it('loads only what is missing, in one call, and leaves out what does not exist', async () => {
    const space = setUp().cache.space(rows);
    await space.getOrSet('1', async () => row(1));
    const asked: string[][] = [];
    const load = async (ids: string[]): Promise<Map<string, Row>> => {
      asked.push(ids);
      return new Map([['2', row(2)]]);
    };
    expect([...(await space.getOrSetMany(['2', '1', '3', '2'], load))]).toEqual([
      ['2', row(2)],
      ['1', row(1)],
    ]);
    expect(asked).toEqual([['2', '3']]);
    expect([...(await space.getOrSetMany(['1', '2', '3'], never)).keys()]).toEqual(['1', '2']);
  });

  it('does not store the row that was invalidated while all loaded', async () => {
    const space = setUp().cache.space(rows);
    const query = deferred<Map<string, Row>>();
    const begun = deferred<null>();
    const reading = space.getOrSetMany(['1', '2'], () => (begun.resolve(null), query.promise));
    await begun.promise;
    await space.invalidate('1', { version: 9 });
    query.resolve(
      new Map([
        ['1', row(1)],
        ['2', row(2)],
      ]),
    );
    await reading;
    expect(await space.getOrSet('1', async () => row(9))).toEqual(row(9));
    expect(await space.getOrSet('2', never)).toEqual(row(2));
  });
});
