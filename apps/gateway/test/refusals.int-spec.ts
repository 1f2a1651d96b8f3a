import { ask, sendRaw, type Question, type Reply } from './ask.js';
import { run, type Running } from './running.js';
import { ALMONDS, CUSTOMER, EDITOR, NOBODY } from './stand-ins.js';

let running: Running;
beforeAll(async () => (running = await run(undefined, { ALLOWED_HOSTS: 'localhost,127.0.0.1,shop.example' })));
afterAll(() => running.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const editor = { cookie: `__Host-sid=${EDITOR}` };
const product = `/v1/products/${ALMONDS}`;
const items = (body: unknown, more: Record<string, string> = {}): Question => ({
  method: 'POST',
  path: '/v1/cart/items',
  headers: { ...JSON_TYPE, ...more },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const line = { productId: ALMONDS, quantity: 1 };
const login = (password: string): Question => ({
  method: 'POST',
  path: '/v1/auth/login',
  headers: JSON_TYPE,
  body: JSON.stringify({ email: 'ada@example.com', password }),
});
const patch = (headers: Record<string, string>, body = '{"priceMinor":1}'): Question => ({
  method: 'PATCH',
  path: product,
  headers: { ...JSON_TYPE, ...headers },
  body,
});

/** What a hostile or mistaken client sends; the status; the problem; a field that must be named, or header fields. */
const REFUSALS: readonly [string, Question, number, string, (string | Record<string, string>)?][] = [
  ['an address without a route', { path: '/v2/products' }, 404, 'route-not-found'],
  ['an address with an empty id', { path: '/v1/products/' }, 404, 'route-not-found'],
  ['a doubled slash', { path: '//v1/products' }, 404, 'route-not-found'],
  [
    'a method that an address does not take',
    { method: 'PUT', path: product },
    405,
    'method-not-allowed',
    { allow: 'DELETE, GET, HEAD, PATCH' },
  ],
  ['OPTIONS', { method: 'OPTIONS', path: '/v1/cart' }, 405, 'method-not-allowed', { allow: 'DELETE, GET, HEAD' }],
  ['TRACE', { method: 'TRACE', path: '/v1/cart' }, 405, 'method-not-allowed', { allow: 'DELETE, GET, HEAD' }],
  ['an id that is no UUID', { path: '/v1/products/1%20or%201=1' }, 400, 'bad-input', 'path id'],
  ['an id of 2,000 characters', { path: `/v1/products/${'9'.repeat(2_000)}` }, 400, 'bad-input', 'path id'],
  ['an encoded NUL in the path', { path: '/v1/products/%00' }, 400, 'malformed-request'],
  ['an encoded dot segment', { path: '/v1/products/%2e%2e%2fauth' }, 400, 'malformed-request'],
  ['a dot segment', { path: '/v1/../docs' }, 400, 'malformed-request'],
  ['broken percent-encoding in the path', { path: '/v1/products/%zz' }, 400, 'malformed-request'],
  ['an unknown parameter', { path: `${product}?verbose=1` }, 400, 'bad-input', 'query verbose'],
  ['__proto__ as a parameter', { path: '/v1/products?__proto__=1' }, 400, 'bad-input', 'query __proto__'],
  ['a repeated parameter', { path: '/v1/products?limit=1&limit=2' }, 400, 'bad-input', 'query limit'],
  ['an array parameter', { path: '/v1/products?ids[]=1' }, 400, 'bad-input', 'query ids[]'],
  ['a limit in scientific notation', { path: '/v1/products?limit=1e9' }, 400, 'bad-input', 'query limit'],
  ['a limit of 0', { path: '/v1/products?limit=0' }, 400, 'bad-input', 'query limit'],
  ['a sort off the list', { path: '/v1/products?sort=price;drop' }, 400, 'bad-input', 'query sort'],
  ['ids with another parameter', { path: `/v1/products?ids=${ALMONDS}&limit=3` }, 400, 'bad-input', 'query ids'],
  ['an id in a list that is no UUID', { path: `/v1/products?ids=${ALMONDS},x` }, 400, 'bad-input', 'query ids.1'],
  ['a search without a text', { path: '/v1/search' }, 400, 'bad-input', 'query q'],
  ['an encoded NUL in a search', { path: '/v1/search?q=%00' }, 400, 'bad-input', 'query q'],
  ['bytes that are not UTF-8 in a search', { path: '/v1/search?q=%ff' }, 400, 'bad-input', 'query q'],
  ['a forged cursor', { path: '/v1/products?cursor=forged' }, 400, 'invalid-cursor'],
  ['an unknown product', { path: `/v1/products/${NOBODY}` }, 404, 'product-not-found'],
  ['a busy catalog', { path: '/v1/products?cursor=busy' }, 503, 'overloaded', { 'retry-after': '3' }],
  ['a catalog that does not answer', { path: '/v1/search?q=nuts' }, 503, 'unavailable', { 'retry-after': '1' }],
  ['an auth service that is away', { path: '/v1/me', headers: editor }, 503, 'unavailable', { 'retry-after': '2' }],
  ['broken JSON', items('{"productId":'), 400, 'malformed-request'],
  ['an empty JSON body', items(''), 400, 'malformed-request'],
  ['JSON that is not UTF-8', { ...items(''), body: Buffer.from([0x22, 0xff, 0x22]) }, 400, 'malformed-request'],
  ['JSON nested 20,000 deep', items('['.repeat(20_000) + ']'.repeat(20_000)), 400, 'bad-input', 'body *'],
  [
    '__proto__ in a body',
    items(`{"productId":"${ALMONDS}","quantity":1,"__proto__":{"x":1}}`),
    400,
    'malformed-request',
  ],
  ['constructor.prototype in a body', items(`{"constructor":{"prototype":{"x":1}}}`), 400, 'malformed-request'],
  ['constructor in a body', items({ ...line, constructor: 1 }), 400, 'bad-input', 'body constructor'],
  ['an extra field', items({ ...line, price: 1 }), 400, 'bad-input', 'body price'],
  ['a quantity of 0', items({ ...line, quantity: 0 }), 400, 'bad-input', 'body quantity'],
  ['a quantity of 1.5', items({ ...line, quantity: 1.5 }), 400, 'bad-input', 'body quantity'],
  ['a quantity of 1e9', items({ ...line, quantity: 1e9 }), 400, 'bad-input', 'body quantity'],
  ['a quantity as text', items({ ...line, quantity: '1e1' }), 400, 'bad-input', 'body quantity'],
  ['a body that is too large', items({ ...line, note: 'x'.repeat(70_000) }), 413, 'body-too-large'],
  [
    'a body where none is expected',
    { method: 'POST', path: '/v1/auth/logout', headers: JSON_TYPE, body: '{}' },
    400,
    'bad-input',
    'body *',
  ],
  [
    'a form',
    items('productId=1', { 'content-type': 'application/x-www-form-urlencoded' }),
    415,
    'unsupported-media-type',
    { accept: 'application/json' },
  ],
  [
    'plain text',
    items('{}', { 'content-type': 'text/plain' }),
    415,
    'unsupported-media-type',
    { accept: 'application/json' },
  ],
  [
    'JSON in UTF-16',
    items(line, { 'content-type': 'application/json; charset=utf-16' }),
    415,
    'unsupported-media-type',
  ],
  ['a compressed body', items(line, { 'content-encoding': 'gzip' }), 415, 'unsupported-media-type'],
  ['a foreign host', { path: product, headers: { host: 'evil.example' } }, 421, 'foreign-host'],
  ['a host with a path in it', { path: product, headers: { host: 'localhost/x' } }, 400, 'malformed-request'],
  ['a change from another site', items(line, { 'sec-fetch-site': 'cross-site' }), 403, 'cross-site-request'],
  ['a change from another host of the site', items(line, { 'sec-fetch-site': 'same-site' }), 403, 'cross-site-request'],
  ['a change from a foreign origin', items(line, { origin: 'https://evil.example' }), 403, 'cross-site-request'],
  ['a change from an opaque origin', items(line, { origin: 'null' }), 403, 'cross-site-request'],
  [
    'a doubled session cookie',
    items(line, { cookie: '__Host-sid=a; __Host-sid=b' }),
    400,
    'malformed-request',
    'header Cookie',
  ],
  [
    'a change without a session',
    patch({ 'if-match': '"12"' }),
    401,
    'session-required',
    { 'www-authenticate': 'Cookie realm="larder", cookie-name="__Host-sid"' },
  ],
  ['a change with a made-up session', patch({ cookie: '__Host-sid=made-up' }), 401, 'session-required'],
  ['a change by a customer', patch({ cookie: `__Host-sid=${CUSTOMER}` }), 403, 'not-allowed'],
  ['a role in a header field', patch({ 'x-user-id': '1', 'x-roles': 'editor' }), 401, 'session-required'],
  ['a change without If-Match', patch(editor), 428, 'precondition-required'],
  ['a change of any version', patch({ ...editor, 'if-match': '*' }), 428, 'precondition-required'],
  [
    'a change of two versions',
    patch({ ...editor, 'if-match': '"1", "2"' }),
    400,
    'malformed-request',
    'header If-Match',
  ],
  ['a change of an old version', patch({ ...editor, 'if-match': '"11"' }), 412, 'version-conflict'],
  ['a change by a weak tag', patch({ ...editor, 'if-match': 'W/"12"' }), 412, 'version-conflict'],
  ['a change of nothing', patch({ ...editor, 'if-match': '"12"' }, '{}'), 400, 'bad-input', 'body *'],
  [
    'a wrong password',
    login('wrong'),
    401,
    'credentials-refused',
    { 'www-authenticate': 'Cookie realm="larder", cookie-name="__Host-sid"' },
  ],
  ['one password too many', login('many'), 429, 'too-many-attempts', { 'retry-after': '30' }],
];

/** What is no HTTP, or not the HTTP that we speak. */
const GARBAGE: readonly [string, string, number, string][] = [
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01', 400, 'malformed-request'],
  ['an unknown method', 'BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n', 400, 'malformed-request'],
  [
    'both lengths of a body',
    'POST /v1/cart/items HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
    'malformed-request',
  ],
  [
    'a header field of 20,000 bytes',
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`,
    431,
    'headers-too-large',
  ],
  ['no Host', 'GET /v1/cart HTTP/1.1\r\nConnection: close\r\n\r\n', 400, 'malformed-request'],
  [
    'two Hosts',
    'GET /v1/cart HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    400,
    'malformed-request',
  ],
  [
    'a whole address as the target',
    'GET http://localhost/v1/cart HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    400,
    'malformed-request',
  ],
  [
    'an asterisk as the target',
    'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    400,
    'malformed-request',
  ],
  ['a tunnel', 'CONNECT localhost:443 HTTP/1.1\r\nHost: localhost\r\n\r\n', 400, 'malformed-request'],
  [
    'a body that was packed on its way',
    'POST /v1/cart/items HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
    400,
    'malformed-request',
  ],
  [
    'a second Host behind many fields',
    `GET /v1/cart HTTP/1.1\r\nHost: localhost\r\n${'a:\r\n'.repeat(2_500)}Host: evil.example\r\nConnection: close\r\n\r\n`,
    431,
    'headers-too-large',
  ],
  [
    'an impossible expectation',
    'GET /v1/cart HTTP/1.1\r\nHost: localhost\r\nExpect: wonders\r\n\r\n',
    417,
    'expectation-failed',
  ],
];

describe('a refusal', () => {
  it.each(REFUSALS.map((row) => [row[0], row] as const))('for %s', async (_, [, question, status, slug, detail]) => {
    const reply = await ask(running.gateway.port, question);
    const { errors } = expectProblem(reply, status, slug);
    if (typeof detail === 'string') expect(errors).toContain(detail);
    else expect(reply.headers).toMatchObject({ ...detail });
  });

  it.each(GARBAGE)('for %s', async (_, bytes, status, slug) => {
    expectProblem(await sendRaw(running.gateway.port, bytes), status, slug);
  });

  it('meets a change from a page of this host that others on the way can have changed', async () => {
    const { port } = running.gateway;
    const { status: here } = await ask(
      port,
      items(line, { host: `localhost:${port}`, origin: `http://localhost:${port}` }),
    );
    const by = (origin: string) => ask(port, items(line, { host: 'shop.example', origin }));
    expect([here, (await by('https://shop.example')).status]).toEqual([200, 200]);
    for (const origin of ['http://shop.example', 'ftp://shop.example'])
      expectProblem(await by(origin), 403, 'cross-site-request');
  });

  it('of bytes that are no request comes after the answer to the whole one before them', async () => {
    const body = '{"priceMinor":429}';
    const fields = `Cookie: ${editor.cookie}\r\nIf-Match: "12"\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    const change = `PATCH ${product} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n\r\n${body}`;
    const reply = await sendRaw(running.gateway.port, `${change}\u0000`);
    expect([reply.status, reply.headers['etag']]).toEqual([200, '"13"']);
    expect(reply.text).toMatch(/^\{"id":.*\}HTTP\/1\.1 400 Bad Request\r\n.*"type":"\/docs#malformed-request"/s);
  });

  it('of a fault says nothing but an opaque id', async () => {
    const reply = await ask(running.gateway.port, { path: '/v1/products/11111111-1111-4111-8111-111111111111' });
    const { body } = expectProblem(reply, 500, 'internal');
    expect(body.errorId).toMatch(/^[\da-f-]{36}$/);
    expect(reply.text).not.toMatch(/secret|srv|catalog/);
  });

  it('never shows what a service said of its own dependencies', async () => {
    const { text } = await ask(running.gateway.port, { path: '/v1/me', headers: editor });
    expect(text).not.toMatch(/redis|hunter2|10\.0/);
  });

  it('leaves the gateway serving', async () => {
    expect((await ask(running.gateway.port, { path: product })).status).toBe(200);
  });
});

function expectProblem(
  { status, headers, text }: Reply,
  expected: number,
  slug: string,
): { body: Record<string, unknown>; errors: string[] } {
  expect(`${status} ${text}`).toContain(`${expected} {"type":"/docs#${slug}"`);
  const body = JSON.parse(text) as { status: number; errors?: { in: string; field: string }[]; errorId?: string };
  expect(body.status).toBe(expected);
  expect(headers).toMatchObject({
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': expect.stringMatching(/^[\w.-]{8,64}$/) as string,
  });
  return { body, errors: (body.errors ?? []).map(({ in: place, field }) => `${place} ${field}`) };
}
