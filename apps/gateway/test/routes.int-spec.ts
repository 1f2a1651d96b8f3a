import { ROUTES } from '../src/routes.js';
import { ask, sendRaw } from './ask.js';
import { run, type Running } from './running.js';
import { ALMONDS, EDITOR, NOBODY } from './stand-ins.js';

let running: Running;
let port: number;
beforeAll(async () => {
  running = await run();
  port = running.gateway.port;
});
afterAll(() => running.close());
beforeEach(() => {
  running.seen.calls = [];
});

const product = `/v1/products/${ALMONDS}`;
const session = { cookie: `theme=dark; __Host-sid=${EDITOR}` };
const JSON_TYPE = { 'content-type': 'application/json' };

describe('reads', () => {
  it('answers an entity with its version as ETag, and says how it was come by', async () => {
    const { status, headers, text } = await ask(port, { path: product });
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ id: ALMONDS, version: 12 });
    expect(headers).toMatchObject({
      etag: '"12"',
      'cache-status': 'larder-product; fwd=miss; stored',
      'cache-control': 'public, no-cache',
    });
  });

  it.each(['"12"', 'W/"12"', '"11", "12"', '*'])('answers 304 to If-None-Match: %s', async (tag) => {
    const { status, headers, text } = await ask(port, { path: product, headers: { 'if-none-match': tag } });
    expect([status, text, headers.etag]).toEqual([304, '', '"12"']);
  });

  it('share a call when they come in one turn, and each has its own answer', async () => {
    const ids = Array.from({ length: 40 }, (_, at) => (at % 4 === 3 ? NOBODY : ALMONDS));
    const requests = ids.map((id, at) => {
      const end = at === ids.length - 1 ? 'Connection: close\r\n' : '';
      const token = `Larder-Version: product-${ALMONDS}=${20 + at}\r\n`;
      return `GET /v1/products/${id} HTTP/1.1\r\nHost: localhost\r\n${token}${end}\r\n`;
    });
    const { status, headers, text } = await sendRaw(port, requests.join(''));
    const heads = text.match(/HTTP\/1\.1 \d{3}[^]*?\r\n\r\n/g) ?? [];
    const others = heads.map((head) => [Number(head.slice(9, 12)), /^etag: (.*)\r$/m.exec(head)?.[1]]);
    const expected = ids.map((id, at) => (id === NOBODY ? [404, undefined] : [200, `"${20 + at}"`]));
    expect([[status, headers.etag], ...others]).toEqual(expected);
    expect(running.seen.calls).toEqual(['getEachProduct']);
  });

  it('answers HEAD like GET without the body', async () => {
    const { status, headers, text } = await ask(port, { method: 'HEAD', path: product });
    expect([status, text, headers.etag]).toEqual([200, '', '"12"']);
  });

  it('answers HEAD wherever it answers GET, with the same status and no body', async () => {
    const paths = ROUTES.filter(({ method }) => method === 'GET').map(({ path }) => path.replace('{id}', ALMONDS));
    for (const path of [...paths.filter((one) => one !== '/v1/search'), '/docs', '/openapi.json', '/']) {
      const [get, head] = [await ask(port, { path }), await ask(port, { path, method: 'HEAD' })];
      expect([path, head.status, head.text]).toEqual([path, get.status, '']);
    }
  });

  it.each([
    [{ connection: 'X-Request-Id, Cookie', 'x-request-id': 'trace-1234' }],
    [{ connection: 'Upgrade', upgrade: 'websocket' }],
    [{ connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' }],
    [{ expect: '100-continue' }],
  ])('answers as ever what wants a connection of another kind: %j', async (headers) => {
    const reply = await ask(port, { path: product, headers });
    expect([reply.status, reply.headers.etag, reply.headers.upgrade]).toEqual([200, '"12"', undefined]);
  });

  it('tags a list by its content, and names both caches', async () => {
    const { headers } = await ask(port, { path: '/v1/products?limit=3' });
    expect(headers['cache-status']).toBe('larder-list; hit, larder-product; fwd=partial; stored');
    const again = await ask(port, { path: '/v1/products?limit=3', headers: { 'if-none-match': String(headers.etag) } });
    expect(again.status).toBe(304);
  });

  it('answers products by id in the form of a list', async () => {
    const { text } = await ask(port, { path: `/v1/products?ids=${ALMONDS.toUpperCase()}` });
    expect(JSON.parse(text)).toMatchObject({ items: [{ id: ALMONDS }], nextCursor: null });
  });

  it.each([[{}], [{ cookie: 'theme=dark' }], [{ cookie: '__Host-sid=a; __Host-sid=b' }]])(
    'never asks the auth service without one session cookie: %j',
    async (headers) => {
      expect((await ask(port, { path: product, headers })).status).toBe(200);
      expect(running.seen.calls).toEqual(['getProduct']);
    },
  );

  it('is for nobody in particular, whatever the cookie', async () => {
    await ask(port, { path: product, headers: session });
    expect(running.seen.account).toBeNull();
  });
});

describe('request ids', () => {
  it('keeps a well-formed one', async () => {
    const { headers } = await ask(port, { path: product, headers: { 'x-request-id': 'trace-1234' } });
    expect(headers['x-request-id']).toBe('trace-1234');
  });

  it.each(['short', 'with space in it', 'x'.repeat(65), '<script>alert(1)'])('replaces %s', async (id) => {
    const { headers } = await ask(port, { path: product, headers: { 'x-request-id': id } });
    expect(headers['x-request-id']).toMatch(/^[\da-f-]{36}$/);
  });
});

describe('changes', () => {
  const change = { method: 'PATCH', path: product, body: '{"priceMinor":429}' };

  it('acts for the account that the session is of, and passes a renewed cookie on', async () => {
    const headers = { ...JSON_TYPE, ...session, 'if-match': '"12"' };
    const reply = await ask(port, { ...change, headers });
    expect(JSON.parse(reply.text)).toMatchObject({ priceMinor: 429, version: 13 });
    expect(reply.headers).toMatchObject({
      etag: '"13"',
      'cache-control': 'no-store',
      'set-cookie': ['__Host-sid=renewed; Path=/; HttpOnly; Secure; SameSite=Lax'],
    });
    expect(running.seen.account).toBe('5b0c8a52-91f0-4c5e-9a5e-0c1f7f0b2d33');
  });

  it('says that the caches do not know of a change yet, and nothing once they do', async () => {
    const headers = { ...JSON_TYPE, ...session, 'if-match': '"12"' };
    const pending = await ask(port, { ...change, body: '{"name":"Unheard"}', headers });
    expect([pending.status, pending.headers['larder-freshness']]).toEqual([200, 'pending']);
    expect((await ask(port, { ...change, headers })).headers).not.toHaveProperty('larder-freshness');
  });

  it('passes a renewed cookie on with a refusal too', async () => {
    const { status, headers } = await ask(port, { ...change, headers: { ...JSON_TYPE, ...session } });
    expect([status, headers['set-cookie']]).toEqual([428, [expect.stringContaining('__Host-sid=renewed;')]]);
  });

  it('answers 201 with Location, 204 without a body', async () => {
    const body = JSON.stringify({ sku: 'A-1', name: 'A', categoryId: ALMONDS, priceMinor: 1, currency: 'EUR' });
    const created = await ask(port, {
      method: 'POST',
      path: '/v1/products',
      headers: { ...JSON_TYPE, ...session },
      body,
    });
    expect([created.status, created.headers.location, created.headers.etag]).toEqual([201, product, '"1"']);
    const removed = await ask(port, { method: 'DELETE', path: product, headers: { ...session, 'if-match': '"1"' } });
    expect([removed.status, removed.text]).toEqual([204, '']);
  });

  it('accepts a page of its own', async () => {
    const headers = { ...JSON_TYPE, origin: `http://127.0.0.1:${port}`, 'sec-fetch-site': 'same-origin' };
    const reply = await ask(port, {
      method: 'POST',
      path: '/v1/auth/logout',
      headers: { ...headers, 'content-type': [] },
    });
    expect(reply.status).toBe(204);
  });
});

describe('sessions', () => {
  it('sets the cookie at sign-in and takes it away at sign-out', async () => {
    const body = '{"email":" Ada@Example.com ","password":"right"}';
    const signedIn = await ask(port, {
      method: 'POST',
      path: '/v1/auth/login',
      headers: { ...JSON_TYPE, 'user-agent': 'curl/8' },
      body,
    });
    expect(JSON.parse(signedIn.text)).toMatchObject({ email: 'curl/8@example.com' });
    expect(signedIn.headers['set-cookie']).toEqual([
      '__Host-sid=fresh; Path=/; HttpOnly; Secure; SameSite=Lax',
      '__Host-device=known-now; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Strict',
    ]);
    const signedOut = await ask(port, { method: 'POST', path: '/v1/auth/logout', headers: session });
    expect(signedOut.headers['set-cookie']).toEqual(['__Host-sid=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax']);
  });

  it.each([
    ['__Host-device=known; __Host-sid=s', 'known'],
    ['__Host-device=a; __Host-device=b', undefined],
    ['theme=dark', undefined],
  ])('takes the device of a sign-in from %s as %s', async (cookie, token) => {
    const body = '{"email":"ada@example.com","password":"right"}';
    const headers = { ...JSON_TYPE, cookie };
    expect((await ask(port, { method: 'POST', path: '/v1/auth/login', headers, body })).status).toBe(200);
    expect(running.seen.deviceToken).toBe(token);
  });

  it('answers preferences with their version as ETag only', async () => {
    const { text, headers } = await ask(port, { path: '/v1/preferences', headers: session });
    expect(JSON.parse(text)).toEqual({ locale: 'en', currency: 'EUR', theme: 'system' });
    expect(headers.etag).toBe('"4"');
  });

  it('shows a cart with names, prices and stock, and a product that is gone as such', async () => {
    const { text } = await ask(port, { path: '/v1/cart', headers: session });
    expect(JSON.parse(text)).toEqual({
      items: [
        { productId: ALMONDS, quantity: 2, name: 'Almonds', priceMinor: 399, currency: 'EUR', available: 40 },
        { productId: NOBODY, quantity: 1, name: null, priceMinor: null, currency: null, available: 0 },
      ],
    });
  });

  it('gives an anonymous visitor a cookie with the first cart line, and an empty cart before', async () => {
    expect((await ask(port, { path: '/v1/cart' })).text).toBe('{"items":[]}');
    const body = JSON.stringify({ productId: ALMONDS, quantity: 2 });
    const { headers } = await ask(port, { method: 'POST', path: '/v1/cart/items', headers: JSON_TYPE, body });
    expect(headers['set-cookie']).toEqual([expect.stringContaining('__Host-sid=anonymous;')]);
  });
});

describe('documentation', () => {
  it('is readable without anything but the page', async () => {
    const { text, headers } = await ask(port, { path: '/docs' });
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+';/);
    expect(text).toContain('/v1/products/{id}');
    expect(text).not.toMatch(/<script|<link|<img|style="| on\w+=/);
    expect((await ask(port, { path: '/' })).headers.location).toBe('/docs');
  });

  it('names no route that is not served', async () => {
    const { paths } = JSON.parse((await ask(port, { path: '/openapi.json' })).text) as {
      paths: Record<string, Record<string, unknown>>;
    };
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of Object.keys(operations)) {
        const address = path.replaceAll(/\{\w+\}/g, 'x'); // not valid: refused by the route itself
        const { status, text } = await ask(port, { method: method.toUpperCase(), path: address });
        expect(`${method} ${path}: ${status} ${text}`).not.toMatch(/route-not-found|method-not-allowed/);
      }
    }
  });
});

describe('operations', () => {
  it('measures by route template and tells its services apart', async () => {
    await ask(port, { path: product });
    const metrics = (await ask(running.gateway.opsPort, { path: '/metrics' })).text;
    expect(metrics).toMatch(
      /larder_http_request_duration_seconds_count\{route="\/v1\/products\/\{id\}",method="GET",status="200"\} \d/,
    );
    expect(metrics).not.toContain(ALMONDS);
    const ready = await ask(running.gateway.opsPort, { path: '/readyz' });
    expect(JSON.parse(ready.text)).toEqual({ status: 'up', checks: { auth: 'up', catalog: 'up' } });
  });
});
