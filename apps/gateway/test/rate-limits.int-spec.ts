import type { Redis } from 'ioredis';
import { connectRedis } from '@larder/cache';
import { startRedis, until, type Server } from '../../../tools/services/index.js';
import { RateLimits } from '../src/limits/rate-limits.js';
import { SharedCounts } from '../src/limits/shared-counts.js';

const QUOTAS = { requests: 300, changes: 100 };
/** Of the requests, 2 %. */
const SHARE = 6;

let server: Server;
const open: { redis: Redis; rates: RateLimits }[] = [];

beforeAll(async () => (server = await startRedis()));
afterEach(() => {
  for (const { redis, rates } of open.splice(0)) {
    rates.stop();
    redis.disconnect();
  }
});
afterAll(() => server.stop());

/** The limits of one more gateway. */
async function gateway(): Promise<RateLimits> {
  const redis = connectRedis({ ...server, commandTimeoutMs: 100 }, () => undefined);
  await redis.connect();
  const rates = new RateLimits(QUOTAS, new SharedCounts(redis, QUOTAS));
  open.push({ redis, rates });
  return rates;
}

/** How many of these requests are let through. */
function ask(rates: RateLimits, client: string, times: number): number {
  return Array.from({ length: times }, () => rates.decide(client, false)).filter(({ refused }) => refused === null)
    .length;
}

/** Waits until the shared count knows of all that was let through, or has failed to. */
async function settled(rates: RateLimits): Promise<void> {
  await until('nothing is owed', 5_000, () => rates.backlog === 0);
}

it('lets two gateways together pass what one may, and one share more', async () => {
  const gateways = [await gateway(), await gateway()];
  let passed = 0;
  const take = async (requests: number): Promise<void> => {
    for (const rates of gateways) {
      passed += ask(rates, 'both', requests);
      await settled(rates);
    }
  };
  await take(0.4 * QUOTAS.requests);
  for (let share = 0; share < QUOTAS.requests / 5 / SHARE; share += 1) await take(SHARE);
  expect(passed).toBeGreaterThanOrEqual(QUOTAS.requests);
  expect(passed).toBeLessThanOrEqual(QUOTAS.requests + SHARE);
});

it('tells of little a little later, and learns then what others let through', async () => {
  const [one, other] = [await gateway(), await gateway()];
  expect(ask(one, 'slow', 290)).toBe(290);
  await settled(one);
  expect(ask(other, 'slow', 1)).toBe(1);
  await settled(other);
  expect(ask(other, 'slow', 300)).toBe(300 - 290 - 1);
});

it('goes on counting for itself without Redis, and with the others once it is back', async () => {
  const [one, other] = [await gateway(), await gateway()];
  ask(one, 'outage', 100);
  await settled(one);
  await server.kill();
  expect(ask(one, 'outage', 100)).toBe(100);
  await until('it was tried', 5_000, () => one.outcomes.alone > 0);
  expect(ask(one, 'outage', 300)).toBe(100);
  expect(ask(other, 'outage', 400)).toBe(300);
  await Promise.all([settled(one), settled(other)]);
  await server.restart({ empty: true });
  await until('both are connected', 10_000, () => open.every(({ redis }) => redis.status === 'ready'));
  ask(one, 'after', 290);
  await settled(one);
  ask(other, 'after', 1);
  await settled(other);
  expect(ask(other, 'after', 300)).toBe(9);
});

it('keeps a key for each limit of a client, until its window ends', async () => {
  const rates = await gateway();
  rates.decide('keys', true);
  await settled(rates);
  const { redis } = open[0]!;
  expect((await redis.keys('*:keys')).sort()).toEqual(['gateway:limit:changes:keys', 'gateway:limit:requests:keys']);
  expect(await redis.pttl('gateway:limit:changes:keys')).toBeGreaterThan(0);
  expect(await redis.pttl('gateway:limit:changes:keys')).toBeLessThanOrEqual(60_000);
});
