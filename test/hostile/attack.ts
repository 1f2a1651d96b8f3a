import type { Question } from '../../apps/gateway/test/ask.js';

/** Somebody who is signed in. */
export type Person = 'customer' | 'neighbour' | 'editor';

/** A request as a stranger sends it, or a person in their session. */
export interface Attack extends Question {
  readonly as?: Person;
}

/** What a refusal must name: a faulty field such as `body quantity`, or header fields. */
type Named = string | Readonly<Record<string, string>>;

/** What is sent; the status and the problem that answer it; what the answer must name. */
export type Row = readonly [name: string, attack: Attack, status: number, problem: string, named?: Named];

/** Two products and their category: they are there, and every attack leaves them as they are. */
export const PRODUCT = '0a000000-0000-4000-8000-000000000001';
export const SECOND = '0a000000-0000-4000-8000-000000000002';
export const CATEGORY = '0a000000-0000-4000-8000-0000000000ca';
export const ITEMS = '/v1/cart/items';
export const LINE = { productId: PRODUCT, quantity: 1 };

/** An id that nothing has. */
export const NOBODY = '0f000000-0000-4000-8000-00000000dead';

type Headers = Record<string, string | string[]>;

export const get = (path: string, headers: Headers = {}): Attack => ({ path, headers });

/** An object goes out as JSON, text and bytes as they are. */
export const send = (method: string, path: string, body: unknown, headers: Headers = {}): Attack => ({
  method,
  path,
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
});

export const post = (path: string, body: unknown, headers: Headers = {}): Attack => send('POST', path, body, headers);

/** A line for the cart. */
export const add = (body: unknown, headers: Headers = {}): Attack => post(ITEMS, body, headers);

export const as = (person: Person, attack: Attack): Attack => ({ ...attack, as: person });
