import fc from 'fast-check';
import { buildKey, hashId } from './key.js';
import { tag } from './tag.js';

describe('buildKey', () => {
  it('joins service, entity and id', () => {
    expect(buildKey('catalog_service', 'product', '3f2a')).toBe('catalog_service:product:3f2a');
  });

  it.each(['', 'Upper', 'a:b', '1st', 'ü'])('refuses %j as a name', (name) => {
    expect(() => buildKey(name, 'product', '1')).toThrow(TypeError);
    expect(() => buildKey('service', name, '1')).toThrow(TypeError);
  });

  it('refuses an empty id', () => {
    expect(() => buildKey('s', 'e', '')).toThrow(TypeError);
  });

  it('never puts two ids on one key', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
        expect(buildKey('s', 'e', a) === buildKey('s', 'e', b)).toBe(a === b);
      }),
    );
    expect(buildKey('s', 'e', 'a:b')).toMatch(/^s:e:#[0-9a-f]{64}$/);
  });

  it('keeps keys short', () => {
    expect(buildKey('s', 'e', 'x'.repeat(10_000)).length).toBeLessThan(150);
  });
});

it('tag keeps kind and id apart', () => {
  expect(tag('s', 'a:b', 'c')).not.toBe(tag('s', 'a', 'b:c'));
});

describe('hashId', () => {
  it('ignores the order of the fields and absent ones', () => {
    expect(hashId({ a: 1, b: 'x' })).toBe(hashId({ b: 'x', a: 1, c: undefined }));
  });

  it('refuses numbers that JSON turns into null', () => {
    for (const a of [Number.NaN, Infinity]) expect(() => hashId({ a })).toThrow('a is no finite number');
  });

  it('tells values and types apart', () => {
    expect(new Set([{ a: 1 }, { a: '1' }, { a: null }, { b: 1 }, { a: 1, b: 1 }].map(hashId)).size).toBe(5);
  });
});
