import { changedVersions, listedVersions } from './told-versions.js';

const items = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `i${at}`, version: at + 1 }));

describe('what an answer names', () => {
  it('is every item of a list, or none of a long one', () => {
    expect(listedVersions('product', items(2))).toEqual({ 'product-i0': 1, 'product-i1': 2 });
    expect(Object.keys(listedVersions('product', items(32)))).toHaveLength(32);
    expect(listedVersions('product', items(33))).toEqual({});
  });

  it('is of a change what was asked for, and then what came along', () => {
    expect(Object.entries(changedVersions({ b: 3 }, { a: 1, b: 3 }))).toEqual([
      ['b', 3],
      ['a', 1],
    ]);
  });

  it('is of many changes the first 32, whether anything came along or not', () => {
    const many = Object.fromEntries(items(40).map(({ id, version }) => [id, version]));
    expect(Object.keys(changedVersions(many, {}))).toHaveLength(32);
    expect(Object.keys(changedVersions({}, many))).toHaveLength(32);
  });
});
