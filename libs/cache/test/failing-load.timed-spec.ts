import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { Lag, startRedis, type Server } from '../../../tools/services/index.js';
import { Cache, connectRedis, RedisStore } from '../src/index.js';
import { deferred, type Deferred } from '../src/testing/index.js';
import { rows } from './support/rows.js';

const LOAD_MS = 400;
const BACKOFF_MS = rows.errorBackoffMs;
/** What a machine with two busy cores may add to two loads, besides what it held the test up. */
const MARGIN_MS = 200;

let server: Server;
let redis: Redis;
let cache: Cache;
let errors: Error[];
/** How long each load took. */
let loadsMs: number[];
/** When the first load began. */
let begun: Deferred<number>;

const fail = async (): Promise<never> => {
  const startedMs = performance.now();
  begun.resolve(startedMs);
  await sleep(LOAD_MS);
  loadsMs.push(performance.now() - startedMs);
  const error = new Error('the source is down');
  errors.push(error);
  throw error;
};

/** When it rejected, and with what. */
const rejection = async (reading: Promise<unknown>): Promise<{ atMs: number; error: unknown }> => {
  const error: unknown = await reading.then(
    () => 'resolved',
    (reason: unknown) => reason,
  );
  return { atMs: performance.now(), error };
};

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis(server, () => undefined);
  await redis.connect();
  cache = new Cache({ store: new RedisStore(redis) });
});

beforeEach(() => {
  errors = [];
  loadsMs = [];
  begun = deferred();
});

afterAll(async () => {
  await cache.close();
  redis.disconnect();
  await server.stop();
});

it('rejects 100 callers with the error of one load, in under 1.2 times its time', async () => {
  const ratios: number[] = [];
  for (let round = 1; round <= 3; round++) {
    errors = [];
    loadsMs = [];
    const startedMs = performance.now();
    const rejections = await Promise.all(
      Array.from({ length: 100 }, () => rejection(cache.space(rows).getOrSet(`together ${round}`, fail))),
    );
    ratios.push((performance.now() - startedMs) / loadsMs[0]!);
    expect(errors).toHaveLength(1);
    expect(rejections.filter(({ error }) => error === errors[0])).toHaveLength(100);
  }
  expect(Math.min(...ratios)).toBeLessThan(1.2); // the others may have waited for the machine
});

it('rejects callers who come while it runs with the error of one more load, after the back-off', async () => {
  const lag = new Lag();
  const first = rejection(cache.space(rows).getOrSet('one by one', fail));
  const startedMs = await begun.promise;
  const late: ReturnType<typeof rejection>[] = [];
  while (late.length < 99 && performance.now() - startedMs < LOAD_MS * 0.8) {
    late.push(rejection(cache.space(rows).getOrSet('one by one', fail)));
    await sleep(2);
  }
  const rejections = await Promise.all(late);
  expect(errors).toHaveLength(2);
  expect((await first).error).toBe(errors[0]);
  expect(rejections.filter(({ error }) => error === errors[1])).toHaveLength(late.length);
  const lastMs = Math.max(...rejections.map(({ atMs }) => atMs)) - startedMs;
  const leastMs = loadsMs.reduce((sum, ms) => sum + ms, BACKOFF_MS);
  expect(lastMs).toBeGreaterThan(leastMs - 5);
  expect(lastMs).toBeLessThan(leastMs + MARGIN_MS + lag.totalMs);
  lag.stop();
});
