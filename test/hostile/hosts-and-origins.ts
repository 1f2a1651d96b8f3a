import { ROUTES } from '../../apps/gateway/src/routes.js';
import { add, get, LINE, post, PRODUCT, send, type Attack, type Row } from './attack.js';
import { requestTo } from './routes.js';

const ONE = `/v1/products/${PRODUCT}`;
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const EVIL = 'https://evil.example';

const host = (name: string): Attack => get(ONE, { host: name });
const from = (headers: Record<string, string | string[]>): Attack => add(LINE, headers);

/** Whom they take us for, and where they come from. */
export const HOSTS: readonly Row[] = [
  ['a foreign host', host('evil.example'), 421, 'foreign-host'],
  ['a foreign host on our port', host('evil.example:3000'), 421, 'foreign-host'],
  ['a foreign host that begins like ours', host('localhost.evil.example'), 421, 'foreign-host'],
  ['a foreign host that ends like ours', host('evil-localhost'), 421, 'foreign-host'],
  ['a name that leads to ours', host('127.0.0.1.nip.io'), 421, 'foreign-host'],
  ['an address that is not ours', host('169.254.169.254'), 421, 'foreign-host'],
  ['every address', host('0.0.0.0'), 421, 'foreign-host'],
  ['our address in other digits', host('2130706433'), 421, 'foreign-host'],
  ['our IPv6 address in other digits', host('[::ffff:127.0.0.1]'), 421, 'foreign-host'],
  ['a host with a user', host('localhost@evil.example'), 400, 'malformed-request'],
  ['a host with a path', host('localhost/x'), 400, 'malformed-request'],
  ['a host with a fragment', host('evil.example#localhost'), 400, 'malformed-request'],
  ['two hosts in a field', host('localhost, evil.example'), 400, 'malformed-request'],
  ['a host with a dot at the end', host('localhost.'), 400, 'malformed-request'],
  ['a host in half a bracket', host('[::1'), 400, 'malformed-request'],
  ['a port that is no number', host('localhost:http'), 400, 'malformed-request'],
  ['a foreign host for a change', { ...add(LINE), headers: { host: 'evil.example' } }, 421, 'foreign-host'],
];

const ORIGINS: readonly Row[] = [
  ['a foreign origin', from({ origin: EVIL }), 403, 'cross-site-request'],
  ['an opaque origin', from({ origin: 'null' }), 403, 'cross-site-request'],
  ['an empty origin', from({ origin: '' }), 403, 'cross-site-request'],
  ['an origin that begins like ours', from({ origin: 'http://localhost.evil.example' }), 403, 'cross-site-request'],
  ['another port of ours', from({ origin: 'http://127.0.0.1:1' }), 403, 'cross-site-request'],
  ['our host behind a foreign user', from({ origin: 'http://127.0.0.1@evil.example' }), 403, 'cross-site-request'],
  ['a file', from({ origin: 'file://' }), 403, 'cross-site-request'],
  ['an extension', from({ origin: 'chrome-extension://abcdefghijklmnop' }), 403, 'cross-site-request'],
  ['two origins', from({ origin: ['http://127.0.0.1', EVIL] }), 403, 'cross-site-request'],
  ['another site', from({ 'sec-fetch-site': 'cross-site' }), 403, 'cross-site-request'],
  ['another host of the site', from({ 'sec-fetch-site': 'same-site' }), 403, 'cross-site-request'],
  ['no site that browsers know', from({ 'sec-fetch-site': 'same-origin, cross-site' }), 403, 'cross-site-request'],
  [
    'a foreign origin that calls itself ours',
    from({ origin: EVIL, 'sec-fetch-site': 'same-origin' }),
    403,
    'cross-site-request',
  ],
  ['a form', post('/v1/auth/login', 'email=a&password=b', { ...FORM, origin: EVIL }), 403, 'cross-site-request'],
  ['a form in a sandbox', post('/v1/auth/logout', '', { ...FORM, origin: 'null' }), 403, 'cross-site-request'],
  [
    'a form with text',
    post('/v1/cart/items', '{}', { 'content-type': 'text/plain', origin: EVIL }),
    403,
    'cross-site-request',
  ],
  [
    'a preflight that asks for leave',
    { method: 'OPTIONS', path: ONE, headers: { origin: EVIL, 'access-control-request-method': 'PATCH' } },
    405,
    'method-not-allowed',
  ],
];

const changing = ROUTES.filter(({ method }) => method !== 'GET');

/** Changes that a page of another site asks for: the ways to say so on one route, and the plainest three on every route. */
export const CROSS_SITE: readonly Row[] = [
  ...ORIGINS,
  ...changing.flatMap((route) => {
    const { method, path, headers, body } = requestTo(route);
    const of = (more: Record<string, string>): Attack => send(method, path, body ?? '', { ...headers, ...more });
    return [
      [`${route.id} from another site`, of({ 'sec-fetch-site': 'cross-site' }), 403, 'cross-site-request'],
      [`${route.id} from an opaque origin`, of({ origin: 'null' }), 403, 'cross-site-request'],
      [`${route.id} by a form of another site`, of({ ...FORM, origin: EVIL }), 403, 'cross-site-request'],
    ] satisfies Row[];
  }),
];
