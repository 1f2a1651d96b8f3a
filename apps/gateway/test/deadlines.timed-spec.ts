import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { fastest } from '../../../tools/services/index.js';
import { ask } from './ask.js';
import { run, type Running } from './running.js';
import { ALMONDS, EDITOR } from './stand-ins.js';

const TIMEOUT_MS = 400;
/** Long enough for another request to come and go meanwhile, on a busy machine too. */
const AMPLE_MS = 2_000;
const REFUSED_WITHIN_MS = 300;

const product = `/v1/products/${ALMONDS}`;
/** The stand-in of the catalog never answers it. */
const unanswered = '/v1/search?q=nuts';
const session = { cookie: `theme=dark; __Host-sid=${EDITOR}` };

let running: Running;
let port: number;
beforeEach(async () => {
  running = await run(TIMEOUT_MS);
  port = running.gateway.port;
});
afterEach(() => running.close());

it('ends requests by its deadline', async () => {
  const asking = async (): Promise<number> => {
    const beganMs = performance.now();
    expect((await ask(port, { path: unanswered })).status).toBe(503);
    return performance.now() - beganMs;
  };
  const tookMs = await fastest(3, TIMEOUT_MS + 300, asking);
  expect(tookMs).toBeGreaterThan(TIMEOUT_MS - 50);
  expect(tookMs).toBeLessThan(TIMEOUT_MS + 300);
});

it('is degraded, and still serves the catalog, without the auth service', async () => {
  await running.auth.close();
  const asking = async (): Promise<number> => {
    const beganMs = performance.now();
    const me = await ask(port, { path: '/v1/me', headers: session });
    expect([me.status, me.headers['retry-after']]).toEqual([503, '1']);
    return performance.now() - beganMs;
  };
  expect(await fastest(3, REFUSED_WITHIN_MS, asking)).toBeLessThan(REFUSED_WITHIN_MS);
  expect((await ask(port, { path: product })).status).toBe(200);
  const ready = await ask(running.gateway.opsPort, { path: '/readyz' });
  expect([ready.status, JSON.parse(ready.text)]).toEqual([
    200,
    { status: 'degraded', checks: { auth: 'down', catalog: 'up' } },
  ]);
});

it('answers what is under way when it stops, closes its connection, and does not wait for idle ones', async () => {
  const { gateway, close } = await run(AMPLE_MS);
  const agent = new Agent({ keepAlive: true });
  const get = (path: string): Promise<{ status: number; connection: string | undefined }> =>
    new Promise((resolve, reject) => {
      request({ port: gateway.port, host: '127.0.0.1', path, agent }, (incoming) => {
        incoming.resume();
        incoming.on('end', () => {
          resolve({ status: incoming.statusCode ?? 0, connection: incoming.headers.connection });
        });
      })
        .on('error', reject)
        .end();
    });
  try {
    await Promise.all([get(product), get(product)]); // two connections, idle from now on
    const silent = connect(gateway.port, '127.0.0.1');
    await once(silent, 'connect');
    const slow = get(unanswered);
    await get(product); // the slow request has arrived by now
    const startedMs = performance.now();
    const closing = gateway.close();
    expect(await slow).toEqual({ status: 503, connection: 'close' });
    await closing;
    expect(performance.now() - startedMs).toBeLessThan(AMPLE_MS + 1_000);
    silent.destroy();
  } finally {
    agent.destroy();
    await close();
  }
});

it('serves on for a while when it stops, and says at once that it goes', async () => {
  const { gateway, close } = await run(AMPLE_MS, { SHUTDOWN_DELAY_MS: '1500' });
  let isClosed = false;
  const closing = close().then(() => (isClosed = true));
  const ready = await ask(gateway.opsPort, { path: '/readyz' });
  expect([ready.status, JSON.parse(ready.text)]).toEqual([503, { status: 'down', checks: {} }]);
  const answer = await ask(gateway.port, { path: product });
  expect([answer.status, answer.headers['connection'], isClosed]).toEqual([200, 'close', false]);
  await closing;
  await expect(ask(gateway.port, { path: product })).rejects.toThrow('ECONNREFUSED');
});
