import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { ask, type Reply } from './ask.js';
import { run, type Running } from './running.js';
import { ALMONDS, EDITOR } from './stand-ins.js';

let running: Running;
beforeAll(async () => (running = await run()));
afterAll(() => running.close());

const long = '/v1/products?limit=100';
const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> =>
  ask(running.gateway.port, { path, headers, method });
const DECODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = { br: brotliDecompressSync, gzip: gunzipSync };

describe('answers', () => {
  it.each([
    ['br, gzip;q=0.5', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip', 'gzip'],
    ['*', 'gzip'],
    ['gzip;q=0, br;q=0', undefined],
    ['identity', undefined],
    ['zstd', undefined],
    ['', undefined],
    [',;;q=,=/', undefined],
    ['br;q=nonsense', undefined],
    ['q;'.repeat(40), undefined],
  ])('are the same under Accept-Encoding: %s', async (accepted, encoding) => {
    for (const path of [long, '/openapi.json', '/docs']) {
      const plain = await get(path);
      const reply = await get(path, { 'accept-encoding': accepted });
      expect([reply.status, reply.headers['content-encoding']]).toEqual([200, encoding]);
      const decode = DECODERS[encoding ?? ''];
      expect((decode?.(reply.bytes) ?? reply.bytes).equals(plain.bytes)).toBe(true);
      if (decode !== undefined) expect(reply.bytes.length).toBeLessThan(plain.bytes.length / 3);
      expect([reply.headers.etag, reply.headers.vary]).toEqual([plain.headers.etag, plain.headers.vary]);
      expect(plain.headers).toMatchObject({
        etag: expect.stringMatching(/^W\/"/) as string,
        vary: expect.stringContaining('accept-encoding') as string,
      });
    }
  });

  it('say in 304 and to HEAD on what they depend, and have no body', async () => {
    const { headers } = await get(long, { 'accept-encoding': 'br' });
    for (const tag of [String(headers.etag), String(headers.etag).slice(2)]) {
      const known = await get(long, { 'accept-encoding': 'br', 'if-none-match': tag });
      expect([known.status, known.text, known.headers.vary]).toEqual([304, '', headers.vary]);
      expect(known.headers).not.toHaveProperty('content-encoding');
    }
    const head = await get(long, { 'accept-encoding': 'br' }, 'HEAD');
    expect([head.status, head.text, head.headers.etag, head.headers.vary]).toEqual([
      200,
      '',
      headers.etag,
      headers.vary,
    ]);
  });

  it.each([
    ['of one thing, whose ETag is its version', `/v1/products/${ALMONDS}`],
    ['that are short', '/v1/products?limit=3'],
    ['with a session', '/v1/cart'],
  ])('are not compressed %s', async (_, path) => {
    const { status, headers } = await get(path, { 'accept-encoding': 'br', cookie: `__Host-sid=${EDITOR}` });
    expect([status, headers['content-encoding']]).toEqual([200, undefined]);
  });

  it('stay problems where the list is refused, however long', async () => {
    const query = Array.from({ length: 30 }, (_, at) => `${'x'.repeat(200)}${at}=1`).join('&');
    const reply = await get(`/v1/products?${query}`, { 'accept-encoding': 'gzip' });
    expect(reply.status).toBe(400);
    expect(reply.headers).toMatchObject({ 'content-encoding': 'gzip', 'cache-control': 'no-store' });
    expect(JSON.parse(gunzipSync(reply.bytes).toString())).toMatchObject({ type: '/docs#bad-input', status: 400 });
  });

  it('are measured like others', async () => {
    await get(long, { 'accept-encoding': 'br' });
    const { text } = await ask(running.gateway.opsPort, { path: '/metrics' });
    expect(text).toMatch(/_count\{route="\/v1\/products",method="GET",status="200"\} [1-9]/);
    expect(text).not.toContain('status="499"');
  });
});
