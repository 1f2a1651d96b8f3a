import { Redis } from 'ioredis';
import { productSpace } from '@larder/contracts';
import { query, startRabbit, until, type RabbitServer } from '../tools/services/index.js';
import { metric } from './support/metrics.js';
import { quiet } from './support/quiet.js';
import { fillShelf, type Shelf } from './support/shelf.js';
import { startSystem, type System } from './support/system.js';

const CHAIN = 'catalog_service:chain';
const CERTIFICATE = 'catalog_service:certificate';
/** A certificate that still moves would do so many times in it. */
const STANDSTILL_MS = 1_500;

let rabbit: RabbitServer;
let system: System;
let redis: Redis;
let shelf: Shelf;

beforeAll(async () => {
  rabbit = await startRabbit();
  system = await startSystem({ rabbitUrl: rabbit.url });
  redis = new Redis(system.redis.url);
  shelf = await fillShelf(system.databaseUrl, 'Chain', 5);
  await quiet(system);
}, 120_000);

afterAll(async () => {
  redis.disconnect();
  await system.stop();
  await rabbit.stop();
});

const certificate = async (): Promise<number> => Number(await redis.get(CERTIFICATE));
const repairs = (what: string): Promise<number> =>
  metric(system.operations.invalidator, 'larder_cache_chain_repairs_total', `what="${what}"`);
const sql = (statement: string): Promise<unknown> => query(system.databaseUrl, statement);

async function moves(): Promise<void> {
  const before = await certificate();
  await until('the certificate moves', 10_000, async () => (await certificate()) > before);
}

async function cacheAll(): Promise<void> {
  await until('all are cached', 10_000, async () => {
    for (const id of shelf.productIds) await system.client.get(`/v1/products/${id}`);
    const entries = await redis.mget(shelf.productIds.map((id) => productSpace.key(id)));
    return entries.every((entry) => entry?.startsWith('V'));
  });
}

/** How many of the entries are values still. */
async function cached(): Promise<number> {
  const entries = await redis.mget(shelf.productIds.map((id) => productSpace.key(id)));
  return entries.filter((entry) => entry?.startsWith('V')).length;
}

/** Puts the cache back to where it was, as a replica that is promoted without what came last. */
async function loseLastChanges(): Promise<void> {
  await cacheAll();
  const keys = shelf.productIds.map((id) => productSpace.key(id));
  const [before, ...entries] = await redis.mget(CHAIN, ...keys);
  await sql('UPDATE products SET price_minor = price_minor + 1');
  await quiet(system);
  expect(await cached()).toBe(0);
  await redis.mset({ [CHAIN]: before!, ...Object.fromEntries(keys.map((key, place) => [key, entries[place]!])) });
}

describe('the chain from the catalog to the cache', () => {
  it('certifies the cache again and again while nothing changes', async () => {
    await moves();
    await moves();
    const seconds = await metric(system.operations.invalidator, 'larder_certificate_age_seconds');
    expect(seconds).toBeLessThan(1);
  });

  it('finds out by the next beat that a store has lost changes, and brings them again from the log', async () => {
    const gaps = await repairs('gap');
    await loseLastChanges();
    await until('nothing old is left', 5_000, async () => (await cached()) === 0);
    expect(await repairs('gap')).toBe(gaps + 1);
    await moves();
  });

  it('empties the cache when the log does not reach back so far', async () => {
    const restarts = await repairs('restarted');
    await loseLastChanges();
    await sql('DELETE FROM invalidation_log WHERE n < (SELECT max(n) FROM invalidation_log)');
    await redis.set(CHAIN, '1');
    await until('it has begun anew', 5_000, async () => (await repairs('restarted')) > restarts);
    for (const id of shelf.productIds) {
      const { headers } = await system.client.get(`/v1/products/${id}`);
      expect(headers.get('cache-status')).not.toContain('hit');
    }
    await moves();
  });

  it.each<[string, () => Promise<void>, () => Promise<void>]>([
    ['the relay', () => system.catalog.pause(), () => system.catalog.resume()],
    ['the invalidator', () => system.invalidator.pause(), () => system.invalidator.resume()],
    ['the broker', () => rabbit.pause(), () => rabbit.resume()],
  ])('certifies nothing while %s is frozen, and goes on after that', async (_who, freeze, thaw) => {
    await moves();
    await freeze();
    const soon = performance.now() + 200; // what was on its way arrives
    await until('a moment is over', 2_000, () => performance.now() > soon);
    const frozen = await certificate();
    const later = performance.now() + STANDSTILL_MS;
    await until('it could have moved', 5_000, () => performance.now() > later);
    expect(await certificate()).toBe(frozen);
    await thaw();
    await moves();
  });
});
