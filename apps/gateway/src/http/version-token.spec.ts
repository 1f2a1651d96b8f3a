import { newest, readVersions, versionToken } from './version-token.js';

describe('a version token', () => {
  it('is nothing for nothing', () => {
    expect([versionToken({}), readVersions(undefined), readVersions(''), readVersions('a=1, b')]).toEqual([
      undefined,
      {},
      {},
      {},
    ]);
  });

  it('joins another by the newer version of each name', () => {
    expect(newest({ a: 1, b: 5 }, { a: 2, b: 4, c: 3 })).toEqual({ a: 2, b: 5, c: 3 });
  });
});
