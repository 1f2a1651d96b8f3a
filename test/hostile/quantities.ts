import { add, as, ITEMS, PRODUCT, post, send, type Attack, type Row } from './attack.js';

/** JSON as it stands, because some of it is no number that JavaScript would write. */
const WRONG = [
  '0',
  '-1',
  '1.5',
  '1e9',
  '"1e1"',
  '"1"',
  '100',
  'null',
  'true',
  '[1]',
  '{}',
  '1e-7',
  '-0',
  '9007199254740993',
];
const DELTAS = ['0', '1.5', '1e9', '-1e9', '"1"', 'null', '9007199254740993'];

const put = (quantity: string): Attack => send('PUT', `${ITEMS}/${PRODUCT}`, `{"quantity":${quantity}}`);
const move = (delta: string): Attack => as('editor', post(`/v1/products/${PRODUCT}/stock`, `{"delta":${delta}}`));

/** How many. */
export const QUANTITIES: readonly Row[] = [
  ...WRONG.map((json): Row => [
    `${json} of a product`,
    add(`{"productId":"${PRODUCT}","quantity":${json}}`),
    ...([400, 'bad-input', 'body quantity'] as const),
  ]),
  ...WRONG.map((json): Row => [`${json} in place of a line`, put(json), 400, 'bad-input', 'body quantity']),
  ['NaN of a product', add(`{"productId":"${PRODUCT}","quantity":NaN}`), 400, 'malformed-request'],
  ['Infinity in place of a line', put('Infinity'), 400, 'malformed-request'],
  ['0x10 in place of a line', put('0x10'), 400, 'malformed-request'],
  ['01 in place of a line', put('01'), 400, 'malformed-request'],
  ...DELTAS.map((json): Row => [`${json} units in stock`, move(json), 400, 'bad-input', 'body delta']),
  ['more units out than there are', move('-1000000'), 409, 'stock-exhausted'],
];
