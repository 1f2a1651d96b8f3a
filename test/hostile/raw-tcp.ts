import { frame, passport, type Claims } from '../../libs/platform/test/wire.js';
import { NOBODY } from './attack.js';
import { SECRETS } from './scene.js';

const MIB = 1_048_576;
const STRANGERS_KEY = 'a key that a stranger has made up himself';

/** The services that answer calls, each with a procedure of its own and the key that callers of it have. */
const SERVICES = {
  auth: {
    ...{ pattern: 'auth.session.validate', other: 'auth.account.me', data: { secret: null } },
    ...{ key: SECRETS.SERVICE_KEY_GATEWAY_AUTH, foreignKey: SECRETS.SERVICE_KEY_GATEWAY_CATALOG },
  },
  catalog: {
    ...{ pattern: 'catalog.category.create', other: 'catalog.product.create', data: { name: 'Mine' } },
    ...{ key: SECRETS.SERVICE_KEY_GATEWAY_CATALOG, foreignKey: SECRETS.SERVICE_KEY_INVALIDATOR_CATALOG },
  },
} as const;

export type Service = keyof typeof SERVICES;

/** What a service says to it: a code, or nothing before it ends the connection, or nothing at all and goes on listening. */
type Fate = 'PASSPORT_REFUSED' | 'BAD_INPUT' | 'NOT_ALLOWED' | 'no such call' | 'hangs up' | 'waits';

/** What is written to a service's port. */
export type Shout = readonly [name: string, bytes: string, fate: Fate];

/** The attacks on the port of a service. */
export function shoutsAt(audience: Service): readonly Shout[] {
  const { pattern, other, data, key, foreignKey } = SERVICES[audience];
  const nowMs = Date.now();
  const claims: Claims = {
    ...{ issuer: 'gateway', audience, pattern, subject: NOBODY, roles: ['editor'], session: NOBODY },
    ...{ issued: nowMs, expiry: nowMs + 60_000 },
  };
  const packet = (meta: object, more: object = {}): string =>
    frame({ id: 'x', pattern, data: { meta: { requestId: 'hostile', deadlineMs: 1_000, ...meta }, data }, ...more });
  const shown = (changes: Partial<Claims>, signedWith: string = key): string =>
    packet({ passport: passport(signedWith, { ...claims, ...changes }) });
  const genuine = passport(key, claims);
  return [
    ['nothing that means anything', 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n', 'waits'],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01', 'waits'],
    ['a frame that is no JSON', '5#hello', 'hangs up'],
    ['a frame of a length that is none', 'x#{}', 'hangs up'],
    ['a frame of a length below 0', '-5#{}', 'hangs up'],
    ['half a frame', '100#{"id":', 'waits'],
    ['a length without an end', '1'.repeat(2 * MIB), 'hangs up'],
    ['a frame of 2 MiB', frame({ id: 'x', pattern, data: 'x'.repeat(2 * MIB) }), 'hangs up'],
    ['a frame that promises 2 GiB', `${2 ** 31}#{"id":"x"`, 'waits'],
    ['100,000 arrays in each other', `200000#${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'hangs up'],
    ['a list', frame([1, 2]), 'hangs up'],
    ['null', frame(null), 'hangs up'],
    ['a packet without an id', frame({ pattern, data }), 'hangs up'],
    ['a pattern that is no text', frame({ id: 'x', pattern: { cmd: pattern }, data }), 'hangs up'],
    ['a pattern that nothing has', packet({}, { pattern: 'auth.everything.give' }), 'no such call'],
    ['__proto__ for a pattern', packet({}, { pattern: '__proto__' }), 'no such call'],
    ['constructor for a pattern', packet({}, { pattern: 'constructor' }), 'no such call'],
    ['data alone', frame({ id: 'x', pattern, data }), 'BAD_INPUT'],
    ['no data', frame({ id: 'x', pattern }), 'BAD_INPUT'],
    ['a deadline of a year', packet({ deadlineMs: 3e10, passport: genuine }), 'BAD_INPUT'],
    ['no passport', packet({}), 'PASSPORT_REFUSED'],
    ['an empty passport', packet({ passport: {} }), 'PASSPORT_REFUSED'],
    ['a text for a passport', packet({ passport: 'editor' }), 'PASSPORT_REFUSED'],
    ['a passport without a mac', packet({ passport: { ...genuine, mac: '' } }), 'PASSPORT_REFUSED'],
    ['a passport made up by a stranger', shown({}, STRANGERS_KEY), 'PASSPORT_REFUSED'],
    ["a passport with another pair's key", shown({}, foreignKey), 'PASSPORT_REFUSED'],
    ['a passport of an issuer that nobody knows', shown({ issuer: 'operator' }), 'PASSPORT_REFUSED'],
    ['a passport that the service issued itself', shown({ issuer: audience }), 'PASSPORT_REFUSED'],
    ['__proto__ for an issuer', shown({ issuer: '__proto__' }), 'PASSPORT_REFUSED'],
    ['a passport for another procedure', shown({ pattern: other }), 'PASSPORT_REFUSED'],
    ['a passport for another service', shown({ audience: 'invalidator' }), 'PASSPORT_REFUSED'],
    ['an expired passport', shown({ issued: nowMs - 61_000, expiry: nowMs - 1_000 }), 'PASSPORT_REFUSED'],
    ['a passport for a year', shown({ expiry: nowMs + 3e10 }), 'PASSPORT_REFUSED'],
    ['a passport from the future', shown({ issued: nowMs + 3e10, expiry: nowMs + 3e10 + 1 }), 'PASSPORT_REFUSED'],
    [
      'a genuine passport with one more role',
      packet({ passport: { ...genuine, roles: ['editor', 'operator'] } }),
      'PASSPORT_REFUSED',
    ],
    ['a genuine passport for somebody else', packet({ passport: { ...genuine, subject: 'me' } }), 'PASSPORT_REFUSED'],
    [
      'a genuine passport that lasts longer',
      packet({ passport: { ...genuine, expiry: nowMs + 59_999 } }),
      'PASSPORT_REFUSED',
    ],
    ['a genuine passport under another pattern', packet({ passport: genuine }, { pattern: other }), 'PASSPORT_REFUSED'],
  ];
}

/** What became of the bytes, by what the service said and whether it ended the connection. */
export function fateOf(said: string, ended: boolean): string {
  const code = /"code":"(\w+)"/.exec(said)?.[1];
  if (code !== undefined) return code;
  if (said !== '') return 'no such call';
  return ended ? 'hangs up' : 'waits';
}
