import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { connectRedis } from '@larder/cache';
import { productSpace, type Product } from '@larder/contracts';
import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import {
  query,
  startRabbit,
  startRedis,
  TcpProxy,
  until,
  type RabbitServer,
  type Server,
} from '../tools/services/index.js';
import { figures } from './support/figures.js';
import { Client } from './support/http.js';
import { pendingChanges, quiet } from './support/quiet.js';
import { fillShelf, type Shelf } from './support/shelf.js';
import { startSystem, type System } from './support/system.js';

const PRODUCTS = 600;
/** A batch holds so many changes. */
const BATCH = 500;
const PAGE = 100;
/** A batch takes so long, and there are two. */
const BATCH_MS = 200;

let rabbit: RabbitServer;
let server: Server;
/** The invalidator's way to Redis. */
let proxy: TcpProxy;
let system: System;
let redis: Redis;
let editor: Client;
let shelf: Shelf;

beforeAll(async () => {
  [rabbit, server] = await Promise.all([startRabbit(), startRedis()]);
  proxy = await TcpProxy.start(server);
  const variablesOf = { invalidator: { REDIS_PORT: String(proxy.port) } };
  system = await startSystem({ rabbitUrl: rabbit.url, redis: server, variablesOf });
  redis = connectRedis({ ...system.redis, commandTimeoutMs: 5_000 }, () => undefined);
  await redis.connect();
  editor = await new Client(system.url).login(DEMO_ACCOUNTS[0]!);
  shelf = await fillShelf(system.databaseUrl, 'Spice', PRODUCTS);
  await quiet(system);
}, 120_000);

afterAll(async () => {
  redis.disconnect();
  await system.stop();
  await proxy.stop();
  await Promise.all([rabbit.stop(), server.stop()]);
});

const sql = (statement: string): Promise<Record<string, unknown>[]> => query(system.databaseUrl, statement);

/** Every product as a reader sees it: id and price. */
async function shownPrices(): Promise<Map<string, number>> {
  const prices = new Map<string, number>();
  for (let from = 0; from < PRODUCTS; from += PAGE) {
    const ids = shelf.productIds.slice(from, from + PAGE).join(',');
    const { status, body } = await system.client.get(`/v1/products?ids=${ids}`);
    expect(status).toBe(200);
    for (const { id, priceMinor } of (body as { items: Product[] }).items) prices.set(id, priceMinor);
  }
  return prices;
}

async function storedPrices(): Promise<Map<string, number>> {
  const rows = await sql('SELECT id, price_minor FROM products ORDER BY name');
  return new Map(rows.map((row) => [String(row['id']), Number(row['price_minor'])]));
}

/** How many of these products the cache would serve. */
async function cached(ids: readonly string[]): Promise<number> {
  const entries = await redis.mget(ids.map((id) => productSpace.key(id)));
  return entries.filter((entry) => entry?.startsWith('V')).length;
}

/** A read that finds Redis too slow stores nothing. */
async function cacheAll(): Promise<void> {
  await until('every product is cached', 10_000, async () => {
    await shownPrices();
    return (await cached(shelf.productIds)) === PRODUCTS;
  });
}

describe('without RabbitMQ', () => {
  it('changes succeed, they wait in the outbox, and arrive when it is back', async () => {
    const [byEditor, bySql] = shelf.productIds as [string, string];
    await cacheAll();
    await rabbit.kill();

    const { headers } = await editor.get(`/v1/products/${byEditor}`);
    const asked = { body: { priceMinor: 7 }, headers: { 'if-match': headers.get('etag')! } };
    expect((await editor.ask('PATCH', `/v1/products/${byEditor}`, asked)).status).toBe(200);
    await sql(`UPDATE products SET price_minor = 8 WHERE id = '${bySql}'`);
    await sleep(1_000);
    expect(await pendingChanges(system.databaseUrl)).toBe(2);
    expect((await shownPrices()).get(byEditor)).toBe(7); // the writer's own invalidation needs no broker
    expect(await cached([bySql])).toBe(1);

    await rabbit.restart();
    const backMs = performance.now();
    await until('all events have arrived', 10_000, async () => {
      expect(await pendingChanges(system.databaseUrl)).toBe(0);
      expect(await cached([bySql])).toBe(0);
    });
    figures('RabbitMQ back', { 'ms until all events have arrived': performance.now() - backMs });
    await until('the new prices are shown', 1_000, async () => {
      expect(await shownPrices()).toEqual(await storedPrices());
    });
  }, 60_000);
});

describe('an invalidator that is killed', () => {
  it('in the middle of several hundred changes by SQL leaves none of them out', async () => {
    await cacheAll();
    proxy.delay(BATCH_MS);
    await sql('UPDATE products SET price_minor = price_minor + 1');
    await until('some are invalidated', 10_000, async () => (await cached(shelf.productIds)) <= PRODUCTS - BATCH);
    proxy.swallow('everything'); // the rest waits in the invalidator
    await until('every change is published', 10_000, async () => (await pendingChanges(system.databaseUrl)) === 0);
    await system.invalidator.kill();
    await proxy.forward();
    const left = await cached(shelf.productIds);
    figures('invalidator killed', { 'entries left of 600': left });
    expect(left).toBeGreaterThan(0);
    expect(await shownPrices()).not.toEqual(await storedPrices());
    await system.invalidator.start();

    const startedMs = performance.now();
    await until('all changes are shown', 10_000, async () => {
      expect(await shownPrices()).toEqual(await storedPrices());
    });
    figures('invalidator back', { 'ms until all changes are shown': performance.now() - startedMs });
  }, 60_000);
});
