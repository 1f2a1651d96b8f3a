import { startRedis, until, type Server } from '../../../tools/services/index.js';
import { ask, sendRaw, type Question } from './ask.js';
import { run, runGateway, type Running } from './running.js';
import { ALMONDS, NOBODY } from './stand-ins.js';

const product = `/v1/products/${ALMONDS}`;
const logout: Question = { method: 'POST', path: '/v1/auth/logout' };
const QUOTAS = { RATE_LIMIT_REQUESTS: '20', RATE_LIMIT_CHANGES: '2' };
const FIELD = /^"requests";r=(\d+);t=(\d+), "changes";r=(\d+);t=(\d+)$/;

let running: Running;
/** A request that a trusted proxy has passed on for a client of this address. */
const from = (address: string, question: Question): Question => ({
  ...question,
  headers: { ...question.headers, 'x-forwarded-for': address },
});

describe('of a gateway behind a proxy', () => {
  beforeAll(async () => (running = await run(undefined, { ...QUOTAS, TRUSTED_PROXIES: '127.0.0.1' })));
  afterAll(() => running.close());

  it.each([
    ['an answer', 200, { path: product }],
    ['HEAD', 200, { path: product, method: 'HEAD' }],
    ['304', 304, { path: product, headers: { 'if-none-match': '"12"' } }],
    ['a refusal of a service', 404, { path: `/v1/products/${NOBODY}` }],
    ['an address without a route', 404, { path: '/nowhere' }],
    ['an address that cannot be read', 400, { path: '/v1/products/%zz' }],
    ['a method that is not taken', 405, { path: product, method: 'PUT' }],
    ['a foreign host', 421, { path: product, headers: { host: 'evil.example' } }],
    [
      'a body that is too large',
      413,
      { ...logout, headers: { 'content-type': 'application/json' }, body: 'x'.repeat(70_000) },
    ],
    ['the documentation', 200, { path: '/docs' }],
    ['an expectation', 417, { path: product, headers: { expect: 'wonders' } }],
  ] as const)('are told with %s', async (what, status, question) => {
    const reply = await ask(running.gateway.port, from(`2001:db8::${status.toString(16)}`, question));
    expect(reply.status).toBe(status);
    expect(reply.headers['ratelimit-policy']).toBe('"requests";q=20;w=60, "changes";q=2;w=60');
    expect(reply.headers.ratelimit).toMatch(FIELD);
    expect(what).not.toBe('');
  });

  it('refuse a client that asks too often, and no other', async () => {
    running.seen.calls = [];
    const asked = from('192.0.2.1', { path: product });
    const left: string[] = [];
    for (let count = 0; count < 20; count++) {
      const { status, headers } = await ask(running.gateway.port, asked);
      left.push(`${status} ${FIELD.exec(String(headers.ratelimit))?.[1]}`);
    }
    expect(left).toEqual(Array.from({ length: 20 }, (_, at) => `200 ${19 - at}`));
    const refused = await ask(running.gateway.port, asked);
    expect([refused.status, refused.text]).toEqual([429, expect.stringContaining('"type":"/docs#rate-limited"')]);
    const [, requests, seconds] = FIELD.exec(String(refused.headers.ratelimit)) ?? [];
    expect([requests, seconds]).toEqual(['0', refused.headers['retry-after']]);
    expect(running.seen.calls).toHaveLength(20);
    expect((await ask(running.gateway.port, from('192.0.2.2', { path: product }))).status).toBe(200);
  });

  it('refuse changes earlier than reads, before their body is there', async () => {
    const change = from('192.0.2.3', logout);
    expect((await ask(running.gateway.port, change)).status).toBe(204);
    expect((await ask(running.gateway.port, change)).status).toBe(204);
    const fields = 'Host: localhost\r\nX-Forwarded-For: 192.0.2.3\r\nConnection: close';
    const head = `POST /v1/auth/login HTTP/1.1\r\n${fields}\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n`;
    expect((await sendRaw(running.gateway.port, head)).status).toBe(429);
    expect((await ask(running.gateway.port, from('192.0.2.3', { path: product }))).status).toBe(200);
  });

  it('take all addresses of an IPv6 network for one client', async () => {
    for (let count = 0; count < 20; count++) {
      await ask(running.gateway.port, from(`2001:db8:1:1::${count.toString(16)}`, { path: product }));
    }
    const statuses = await Promise.all(
      ['2001:db8:1:1:ffff::', '2001:db8:1:2::'].map((address) =>
        ask(running.gateway.port, from(address, { path: product })),
      ),
    );
    expect(statuses.map(({ status }) => status)).toEqual([429, 200]);
  });

  it('let passwords be counted for that network too', async () => {
    const body = JSON.stringify({ email: 'a@example.com', password: 'right' });
    const login = { method: 'POST', path: '/v1/auth/login', headers: { 'content-type': 'application/json' }, body };
    await ask(running.gateway.port, from('2001:db8:1:3::1', login));
    expect(running.seen.inputs['login']).toEqual({ address: '2001:db8:1:3::/64' });
    await ask(running.gateway.port, from('192.0.2.9', login));
    expect(running.seen.inputs['login']).toEqual({ address: '192.0.2.9' });
  });

  it('are counted', async () => {
    const { text } = await ask(running.gateway.opsPort, { path: '/metrics' });
    expect(text).toMatch(/larder_rate_limit_total\{decision="allowed"\} [1-9]/);
    expect(text).toMatch(/larder_rate_limit_total\{decision="refused_requests"\} 2\n/);
    expect(text).toMatch(/larder_rate_limit_total\{decision="refused_changes"\} 1\n/);
  });
});

describe('of two gateways on one Redis', () => {
  let redis: Server;
  beforeAll(async () => {
    redis = await startRedis();
    const variables = { ...QUOTAS, REDIS_HOST: redis.host, REDIS_PORT: String(redis.port) };
    running = await run(undefined, variables);
    const other = await runGateway(running, undefined, variables);
    const closeOne = running.close;
    running = { ...running, close: () => other.close().then(closeOne) };
    ports = [running.gateway.port, other.port];
  });
  afterAll(async () => {
    await running.close();
    await redis.stop();
  });
  let ports: readonly [number, number];

  /** `X-Forwarded-For` of a stranger changes nothing. */
  const statusAt = async (port: number): Promise<number> =>
    (await ask(port, from(`192.0.2.${Math.random()}`, { path: product }))).status;
  const checks = async (): Promise<unknown> =>
    (JSON.parse((await ask(running.gateway.opsPort, { path: '/readyz' })).text) as { checks: unknown }).checks;

  it('hold for both together, whatever a stranger says of whom it asks for', async () => {
    expect(await checks()).toEqual({ auth: 'up', catalog: 'up', limits: 'up' });
    const [one, other] = ports;
    for (let count = 0; count < 20; count++) expect(await statusAt(one)).toBe(200);
    expect(await statusAt(one)).toBe(429);
    await until('the other knows', 5_000, async () => (await statusAt(other)) === 429);
  });

  it('are no reason to be down when Redis is away', async () => {
    await redis.kill();
    await until('it is noticed', 5_000, async () => ((await checks()) as { limits: string }).limits === 'down');
    expect((await ask(running.gateway.opsPort, { path: '/readyz' })).status).toBe(200);
    expect(await statusAt(ports[0])).toBe(429);
  });
});
