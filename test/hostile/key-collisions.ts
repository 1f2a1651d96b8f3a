import { hashId } from '@larder/cache';
import { categorySpace, productListSpace, productSpace } from '@larder/contracts';

const key = (id: string): string => productSpace.key(id);
const query = (fields: Record<string, string | number | null>): string => productListSpace.key(hashId(fields));

/** Two names that a careless key builder takes for one. */
export const COLLISIONS: readonly (readonly [name: string, keys: readonly [string, string]])[] = [
  ['a:b and a_b', [key('a:b'), key('a_b')]],
  ['a:b and a%3Ab', [key('a:b'), key('a%3Ab')]],
  ['an id with a colon, and the key of another space', [key('category:1'), categorySpace.key('1')]],
  ['an id and its hash', [key('a:b'), key(key('a:b').split(':').at(-1) ?? '')]],
  ['upper and lower case', [key('A'), key('a')]],
  ['an id and the same with a blank', [key('a'), key('a ')]],
  ['an id and the same with a NUL', [key('a'), key('a\0')]],
  ['one letter in two encodings', [key('\u00e9'), key('e\u0301')]],
  ['two halves of surrogate pairs', [key('\ud800'), key('\ud801')]],
  ['128 and 129 letters', [key('x'.repeat(128)), key('x'.repeat(129))]],
  ['a, b:c and a:b, c', [query({ q: 'a', category: 'b:c' }), query({ q: 'a:b', category: 'c' })]],
  ['a text that looks like two fields', [query({ q: 'a","category":"b' }), query({ q: 'a', category: 'b' })]],
  ['a text that looks like a query', [query({ q: 'a&category=b' }), query({ q: 'a', category: 'b' })]],
  ['a number and its text', [query({ limit: 1 }), query({ limit: '1' })]],
  ['nothing and null', [query({}), query({ category: null })]],
  ['null and its text', [query({ category: 'null' }), query({ category: null })]],
];
