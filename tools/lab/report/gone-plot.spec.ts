import { columnsOf } from './gone-plot.js';

describe('the columns of commit to gone', () => {
  it('hold each write once, ends included', () => {
    expect(columnsOf([0, 0, 0.5, 1, 1.001, 3, 999, 1_000, 3_000, 3_001, 50_000])).toEqual([
      2, 2, 2, 0, 0, 0, 0, 2, 1, 2,
    ]);
  });
});
