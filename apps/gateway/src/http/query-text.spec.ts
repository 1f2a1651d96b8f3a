import { readQuery } from './query-text.js';

describe('readQuery', () => {
  it.each([
    ['/v1/products', {}],
    ['/v1/products?', {}],
    ['/v1/products?&limit=3&', { limit: '3' }],
    ['/v1/search?q=a+b%20c%2B', { q: 'a b c+' }],
    ['/v1/search?q=a=b?c', { q: 'a=b?c' }],
    ['/v1/search?q', { q: '' }],
    ['/v1/search?q=n%C3%BCsse', { q: 'nüsse' }],
  ])('reads %s', (target, query) => {
    expect({ ...readQuery(target) }).toEqual(query);
  });

  it('keeps __proto__ a name like any other', () => {
    const query = readQuery('/?__proto__=x&constructor=y');
    expect(Object.entries(query)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
    expect(Object.getPrototypeOf(query)).toBeNull();
  });

  it.each([
    ['/?limit=1&limit=2', 'limit'],
    ['/?limit=1&l%69mit=2', 'limit'],
    ['/?q=%00', 'q'],
    ['/?q=%0d%0aSet-Cookie:x', 'q'],
    ['/?q=%ff', 'q'],
    ['/?q=%', 'q'],
    ['/?%zz=1', '*'],
    ['/?=1', '*'],
    [`/?${'a&'.repeat(40)}`, '*'],
  ])('refuses %s naming %s', (target, field) => {
    const errors = expect.arrayContaining([expect.objectContaining({ in: 'query', field })]) as unknown;
    const problem = { code: 'BAD_INPUT', details: expect.objectContaining({ errors }) as unknown };
    expect(() => readQuery(target)).toThrow(expect.objectContaining(problem) as Error);
  });
});
