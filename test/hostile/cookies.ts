import { add, get, LINE, type Attack, type Person, type Row } from './attack.js';

/** Stands for what only a running system knows; {@link Scene.fill} puts it in. */
export const secretOf = (person: Person, as: 'secret' | 'half secret' | 'lower-case secret' = 'secret'): string =>
  `<${as} of ${person}>`;
export const sessionOf = (person: Person): string => `<session of ${person}>`;

const NAME = '__Host-sid';
const MADE_UP = 'A'.repeat(43);
const me = (...cookie: string[]): Attack => get('/v1/me', { cookie: cookie.length === 1 ? (cookie[0] ?? '') : cookie });
const sid = (secret: string): Attack => me(`${NAME}=${secret}`);

/** What is not a session's secret. */
export const COOKIES: readonly Row[] = [
  ['none', me('theme=dark'), 401, 'session-required'],
  ['an empty one', sid(''), 401, 'session-required'],
  ['a made-up one', sid(MADE_UP), 401, 'session-required'],
  ['a made-up one with a proof', sid(`${MADE_UP}.${MADE_UP}`), 401, 'session-required'],
  ['a made-up one with two proofs', sid(`${MADE_UP}.${MADE_UP}.${MADE_UP}`), 401, 'session-required'],
  ['a short one', sid('abc'), 401, 'session-required'],
  ['a word', sid('undefined'), 401, 'session-required'],
  ['one of 300 characters', sid('A'.repeat(300)), 401, 'session-required'],
  ['one of 15,000 characters', sid('A'.repeat(15_000)), 401, 'session-required'],
  ['JSON', sid('{"accountId":"1","roles":["editor"]}'), 401, 'session-required'],
  ['a key of the store', sid('auth_service:session:x'), 401, 'session-required'],
  ['a pattern of keys', sid('*'), 401, 'session-required'],
  ['a quoted secret', sid(`"${secretOf('customer')}"`), 401, 'session-required'],
  ['a secret with a dot', sid(`${secretOf('customer')}.`), 401, 'session-required'],
  ['a secret in lower case', sid(secretOf('customer', 'lower-case secret')), 401, 'session-required'],
  ['a secret cut off', sid(secretOf('customer', 'half secret')), 401, 'session-required'],
  [
    'a secret under another name',
    me(`sid=${secretOf('customer')}; __Secure-sid=${secretOf('customer')}`),
    401,
    'session-required',
  ],
  ['a secret under our name in lower case', me(`__host-sid=${secretOf('customer')}`), 401, 'session-required'],
  ['a secret under our name in brackets', me(`${NAME}[]=${secretOf('customer')}`), 401, 'session-required'],
  ["the public id of somebody's session", sid(sessionOf('customer')), 401, 'session-required'],
  ["the public id of an editor's session", sid(sessionOf('editor')), 401, 'session-required'],
  ['a doubled one', me(`${NAME}=a; ${NAME}=b`), 400, 'malformed-request', 'header Cookie'],
  [
    'a secret beside a made-up one',
    me(`${NAME}=${secretOf('customer')}; ${NAME}=${MADE_UP}`),
    400,
    'malformed-request',
    'header Cookie',
  ],
  [
    'a secret twice',
    me(`${NAME}=${secretOf('customer')}; ${NAME}=${secretOf('customer')}`),
    400,
    'malformed-request',
    'header Cookie',
  ],
  [
    'an empty one before a secret',
    me(`${NAME}=; ${NAME}=${secretOf('customer')}`),
    400,
    'malformed-request',
    'header Cookie',
  ],
  ['two fields', me(`${NAME}=a`, `${NAME}=${secretOf('customer')}`), 400, 'malformed-request', 'header Cookie'],
  [
    'a doubled one for a cart',
    add(LINE, { cookie: `${NAME}=a; ${NAME}=b` }),
    400,
    'malformed-request',
    'header Cookie',
  ],
];
