import { rows, setUp } from '../../test/support/priced-rows.js';

describe('Cache.space', () => {
  it('refuses a second definition of the same name', () => {
    const { cache } = setUp();
    cache.space(rows);
    expect(() => cache.space({ ...rows })).toThrow('shop:row');
  });
});
