import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { connectRedis } from '@larder/cache';
import { RedisSessionRecords, SessionStore, SessionStoreUnavailable } from '@larder/cache/session';
import { fastest, startRedis, until, type Server } from '../../../tools/services/index.js';

const TIMEOUT_MS = 100;
const FAILS_WITHIN_MS = 200;
const BACK_WITHIN_MS = 1_000;

let server: Server;
let redis: Redis;
let store: SessionStore;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ host: server.host, port: server.port, commandTimeoutMs: TIMEOUT_MS }, () => undefined);
  await redis.connect();
  store = new SessionStore(new RedisSessionRecords(redis));
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

async function signIn(): Promise<string> {
  const account = { accountId: randomUUID(), roles: ['editor'], generation: 1, device: 'd' };
  return (await store.signIn(null, account)).secret;
}

it.each([
  ['stands still', () => server.pause(), () => server.resume()],
  ['is dead', () => server.kill(), () => server.restart()],
])(
  'fails at once while Redis %s, and works again within a second of its return',
  async (_, strike, mend) => {
    const secret = await signIn();
    const failure = async (): Promise<number> => {
      const beganMs = performance.now();
      await expect(store.check(secret, { renew: true })).rejects.toBeInstanceOf(SessionStoreUnavailable);
      return performance.now() - beganMs;
    };
    const outage = async (): Promise<number> => {
      await strike();
      for (let each = 1; each <= 5; each += 1) {
        expect(await fastest(3, FAILS_WITHIN_MS, failure)).toBeLessThan(FAILS_WITHIN_MS);
      }
      await mend();
      const backMs = performance.now();
      await until('the store works', 10_000, () => store.check(secret, { renew: true }));
      return performance.now() - backMs;
    };
    expect(await fastest(3, BACK_WITHIN_MS, outage)).toBeLessThan(BACK_WITHIN_MS);
    expect((await store.check(await signIn(), { renew: true })).state).toBe('live');
  },
  90_000,
);

it('knows no session after Redis came back empty', async () => {
  const secret = await signIn();
  await server.kill();
  await server.restart();
  const check = await until('the store works', 10_000, () => store.check(secret, { renew: true }));
  expect(check).toEqual({ state: 'none' });
});
