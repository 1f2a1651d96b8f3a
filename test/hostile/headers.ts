import { add, as, get, LINE, PRODUCT, send, type Attack, type Row } from './attack.js';

const ONE = `/v1/products/${PRODUCT}`;
const CHALLENGE = { 'www-authenticate': 'Cookie realm="larder", cookie-name="__Host-sid"' };

const me = (headers: Record<string, string>): Attack => get('/v1/me', headers);
const patch = (headers: Record<string, string>): Attack => as('editor', send('PATCH', ONE, { priceMinor: 1 }, headers));
const told = (token: string): Attack => get(ONE, { 'larder-version': token });
const members = (count: number): string => Array.from({ length: count }, (_, n) => `x${n}=1`).join(', ');

/** What header fields claim. Nobody becomes somebody by them. */
export const HEADERS: readonly Row[] = [
  ['X-User-Id', me({ 'x-user-id': '1' }), 401, 'session-required', CHALLENGE],
  ['X-User and X-Roles', me({ 'x-user': 'admin', 'x-roles': 'editor,operator' }), 401, 'session-required'],
  ['X-Forwarded-User', me({ 'x-forwarded-user': 'editor@larder.example' }), 401, 'session-required'],
  ['X-Remote-User', me({ 'x-remote-user': 'editor', 'remote-user': 'editor' }), 401, 'session-required'],
  [
    'a role for a customer',
    as('customer', send('POST', '/v1/categories', { name: 'Mine' }, { 'x-roles': 'editor' })),
    403,
    'not-allowed',
  ],
  ['a passport', me({ passport: '{"issuer":"gateway","subject":"1","roles":["editor"]}' }), 401, 'session-required'],
  ['__proto__ as a field', me({ ['__proto__']: '{"principal":{}}' }), 401, 'session-required'],
  ['Authorization by a name', me({ authorization: 'Basic ZWRpdG9yOmVkaXRvcg==' }), 401, 'session-required'],
  ['Authorization by a token', me({ authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }), 401, 'session-required'],
  [
    'X-Forwarded-For as an insider',
    me({ 'x-forwarded-for': '127.0.0.1, ::1', 'x-real-ip': '127.0.0.1' }),
    401,
    'session-required',
  ],
  ['Forwarded as an insider', me({ forwarded: 'for=127.0.0.1;host=localhost;proto=https' }), 401, 'session-required'],
  [
    'X-Forwarded-Host for a foreign origin',
    add(LINE, { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' }),
    403,
    'cross-site-request',
  ],
  [
    'X-Forwarded-Host for a foreign host',
    get(ONE, { host: 'evil.example', 'x-forwarded-host': 'localhost' }),
    421,
    'foreign-host',
  ],
  ['X-Original-URL', get('/v2', { 'x-original-url': '/v1/me', 'x-rewrite-url': '/v1/me' }), 404, 'route-not-found'],
  [
    'X-HTTP-Method',
    send('PUT', ONE, {}, { 'x-http-method': 'GET', 'x-method-override': 'GET' }),
    405,
    'method-not-allowed',
  ],
  [
    'Connection that takes the cookie away',
    as('customer', get('/v1/cart/items', { connection: 'close, cookie' })),
    405,
    'method-not-allowed',
  ],
  ['Connection that takes Host away', get('/v2', { connection: 'close, host, x-request-id' }), 404, 'route-not-found'],
  [
    'an upgrade to WebSocket',
    get('/v2', { connection: 'upgrade', upgrade: 'websocket', 'sec-websocket-key': 'x' }),
    404,
    'route-not-found',
  ],
  [
    'an upgrade to HTTP/2',
    get('/v2', { connection: 'upgrade, http2-settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABk' }),
    404,
    'route-not-found',
  ],
  ['an impossible expectation', get(ONE, { expect: 'wonders' }), 417, 'expectation-failed'],
  ['16 KiB of fields', get(ONE, { x: 'x'.repeat(17_000) }), 431, 'headers-too-large'],
  ['no If-Match', patch({}), 428, 'precondition-required'],
  ['any version in If-Match', patch({ 'if-match': '*' }), 428, 'precondition-required'],
  ['two versions in If-Match', patch({ 'if-match': '"1", "2"' }), 400, 'malformed-request', 'header If-Match'],
  ['no tag in If-Match', patch({ 'if-match': '1' }), 400, 'malformed-request', 'header If-Match'],
  ['a tag without an end in If-Match', patch({ 'if-match': '"1' }), 400, 'malformed-request', 'header If-Match'],
  ['a weak tag in If-Match', patch({ 'if-match': 'W/"1"' }), 412, 'version-conflict'],
  ['no version in If-Match', patch({ 'if-match': '"0"' }), 412, 'version-conflict'],
  ['a fraction in If-Match', patch({ 'if-match': '"1.0"' }), 412, 'version-conflict'],
  ['a version to come in If-Match', patch({ 'if-match': '"999999999999999"' }), 412, 'version-conflict'],
  ['no number in If-Match', patch({ 'if-match': '"1e0"' }), 412, 'version-conflict'],
  ['15,000 commas in If-Match', patch({ 'if-match': ','.repeat(15_000) }), 400, 'malformed-request', 'header If-Match'],
  ['no dictionary in Larder-Version', told('?!'), 400, 'malformed-request', 'header Larder-Version'],
  ['no version in Larder-Version', told(`product-${PRODUCT}`), 400, 'malformed-request', 'header Larder-Version'],
  ['version 0 in Larder-Version', told(`product-${PRODUCT}=0`), 400, 'malformed-request', 'header Larder-Version'],
  ['version 1.5 in Larder-Version', told(`product-${PRODUCT}=1.5`), 400, 'malformed-request', 'header Larder-Version'],
  ['no id in Larder-Version', told('product-x=1'), 400, 'malformed-request', 'header Larder-Version'],
  ['65 members in Larder-Version', told(members(65)), 400, 'malformed-request', 'header Larder-Version'],
  ['5,000 characters in Larder-Version', told(members(900)), 400, 'malformed-request', 'header Larder-Version'],
];

/** What may not come back as it went in, nor make a field of its own. */
export const ECHOES: readonly (readonly [name: string, attack: Attack])[] = [
  ['an encoded line break in X-Request-Id', get(ONE, { 'x-request-id': 'abcdefgh%0d%0aSet-Cookie:evil=1' })],
  ['markup in X-Request-Id', get(ONE, { 'x-request-id': '<script>evil</script>' })],
  ['letters beyond ASCII in X-Request-Id', get(ONE, { 'x-request-id': 'evil\u00e9\u00e9\u00e9\u00e9' })],
  ['10,000 characters in X-Request-Id', get(ONE, { 'x-request-id': `evil${'x'.repeat(10_000)}` })],
  ['an encoded line break in a query', get('/v1/search?q=evil%0d%0aSet-Cookie:evil=1')],
  ['an encoded line break in a path', get('/v1/evil%0d%0aSet-Cookie:evil=1')],
  ['markup in a path', get('/v1/%3Cscript%3Eevil')],
  ['an encoded line break in a cursor', get('/v1/products?cursor=evil%0d%0aSet-Cookie:evil=1')],
  ['a foreign host', get(ONE, { host: 'evil.example' })],
  ['a foreign host beside ours', get(ONE, { 'x-forwarded-host': 'evil.example' })],
  ['a foreign origin', get(ONE, { origin: 'https://evil.example' })],
  ['a tag in If-None-Match', get(ONE, { 'if-none-match': '"evil"' })],
];
