import { CATEGORY, get, NOBODY, type Attack, type Row } from './attack.js';

/** Pages whose `nextCursor` the forgeries are made from: `<cursor of list>` and `<cursor of search>` stand for them. */
export const PAGES = {
  list: `/v1/products?category=${CATEGORY}&limit=1`,
  search: '/v1/search?q=hostile&limit=1',
} as const;

const LIST = `/v1/products?category=${CATEGORY}`;
const forged = (...members: unknown[]): string => Buffer.from(JSON.stringify(members)).toString('base64url');
const at = (cursor: string): Attack => get(`${LIST}&cursor=${cursor}`);
const LISTED = '<cursor of list>';
const FOUND = '<cursor of search>';

/** Cursors, orders and sizes of lists. */
export const CURSORS: readonly Row[] = [
  ['made-up text', at('forged'), 400, 'invalid-cursor'],
  ['JSON as it is', at(encodeURIComponent(`["list",1,"${NOBODY}"]`)), 400, 'invalid-cursor'],
  ['made-up JSON', at(forged('list', 'A', NOBODY)), 400, 'invalid-cursor'],
  ['an object for a key', at(forged('list', { $gt: '' }, NOBODY)), 400, 'invalid-cursor'],
  ['SQL for an id', at(forged('list', 'A', "' OR 1=1 --")), 400, 'invalid-cursor'],
  ['__proto__', at(Buffer.from('{"__proto__":[1]}').toString('base64url')), 400, 'invalid-cursor'],
  ['10,000 arrays in each other', at(Buffer.from('['.repeat(1_500)).toString('base64url')), 400, 'invalid-cursor'],
  ['a real one cut off', at('<half cursor of list>'), 400, 'invalid-cursor'],
  ['a real one with more', at(`${LISTED}AAAA`), 400, 'invalid-cursor'],
  ['a real one, padded', at(`${LISTED}%3D%3D`), 400, 'invalid-cursor'],
  ['a real one twice', at(`${LISTED}${LISTED}`), 400, 'invalid-cursor'],
  ['a real one in another order', at(`${LISTED}&sort=-name`), 400, 'invalid-cursor'],
  ['a real one in an order of numbers', at(`${LISTED}&sort=price`), 400, 'invalid-cursor'],
  ['a real one of a category in all products', get(`/v1/products?cursor=${LISTED}`), 400, 'invalid-cursor'],
  ['a real one of a list in a search', get(`/v1/search?q=hostile&cursor=${LISTED}`), 400, 'invalid-cursor'],
  ['a real one of a search in a list', at(FOUND), 400, 'invalid-cursor'],
  ['a real one of another search', get(`/v1/search?q=plain&cursor=${FOUND}`), 400, 'invalid-cursor'],
  ['an empty one', at(''), 400, 'bad-input', 'query cursor'],
  ['one of 3,000 characters', at('A'.repeat(3_000)), 400, 'bad-input', 'query cursor'],
  ['a sort off the list', get(`${LIST}&sort=rating`), 400, 'bad-input', 'query sort'],
  ['SQL for a sort', get(`${LIST}&sort=price;drop%20table%20products`), 400, 'bad-input', 'query sort'],
  ['a column for a sort', get(`${LIST}&sort=price_minor`), 400, 'bad-input', 'query sort'],
  ['two sorts', get(`${LIST}&sort=name,price`), 400, 'bad-input', 'query sort'],
  ['a member of every object for a sort', get(`${LIST}&sort=constructor`), 400, 'bad-input', 'query sort'],
  ...['0', '-1', '101', '1e9', '1e1', '1.5', '0x10', '1000000000000', 'NaN', '', ' 1', '+1', '٣'].map((limit): Row => [
    `a limit of ${JSON.stringify(limit)}`,
    ...([get(`${LIST}&limit=${encodeURIComponent(limit)}`), 400, 'bad-input', 'query limit'] as const),
  ]),
  ['a limit of 1e9 in a search', get('/v1/search?q=tea&limit=1e9'), 400, 'bad-input', 'query limit'],
  ['a search without a text', get('/v1/search'), 400, 'bad-input', 'query q'],
  ['a search for blanks', get('/v1/search?q=%20%20'), 400, 'bad-input', 'query q'],
  ['a search of 201 characters', get(`/v1/search?q=${'x'.repeat(201)}`), 400, 'bad-input', 'query q'],
  [
    'a search in a category that nothing has',
    get(`/v1/search?q=hostile&category=${NOBODY}`),
    404,
    'category-not-found',
  ],
];

/** The names of the products that searches look through. */
export const NAMES = {
  plain: 'Hostile plain biscuits',
  percent: 'Hostile 50% biscuits',
  underscore: 'Hostile salt_pepper biscuits',
} as const;

/** What is searched for, and what is found: nothing in it is special but quotes, `or` and a dash before a word. */
export const SEARCHES: readonly (readonly [q: string, found: readonly (keyof typeof NAMES)[]])[] = [
  ['hostile', ['percent', 'plain', 'underscore']],
  ['%', []],
  ['_', []],
  ['%%%', []],
  ['pl%', []],
  ['pl_in', []],
  ['p_____', []],
  ['host%biscuits', []],
  ['50%', ['percent']],
  ['hostile 50%', ['percent']],
  ['salt_pepper', ['underscore']],
  ['*', []],
  ['plai:*', []],
  ["'plain' | 'none'", []],
  ['hostile & !plain', ['plain']],
  ['"hostile plain', ['plain']],
  ['((((', []],
  ["' OR '1'='1", []],
  ['\\', []],
  ['<->', []],
  ['- - -', []],
  ['$1', []],
  ['hostile -plain', ['percent', 'underscore']],
  [`hostile ${'- '.repeat(85)}plain`, ['percent', 'underscore']],
];
