import { randomUUID } from 'node:crypto';
import { connectRedis, MemoryStore } from '@larder/cache';
import { catalog, productSpace } from '@larder/contracts';
import { InProcessBus } from '@larder/messaging';
import { RpcClient, type Caller, type OutgoingCall, type RunningService } from '@larder/platform';
import type { Redis } from 'ioredis';
import pg from 'pg';
import {
  borrowDatabase,
  fastest,
  startRedis,
  until,
  type Borrowed,
  type Server,
} from '../../../tools/services/index.js';
import { loadConfig, type CatalogConfig } from '../src/config.js';
import { startCatalog } from '../src/start-catalog.js';
import { keepCertified } from './fixture.js';

const KEY = 'a key between gateway and catalog that is long enough';
const INVALIDATOR_KEY = 'a key between invalidator and catalog that is long enough';
const UNKNOWN = '00000000-0000-4000-8000-000000000000';
/** As many calls without an answer open the caller's breaker. */
const IN_A_ROW = 6;
const WAIT_MS = 400;
const AWAY = 'The catalogue cannot be read or changed at the moment';
const EDITOR: Caller = { accountId: UNKNOWN, roles: ['editor'], sessionId: UNKNOWN };

function refusalOf(reason: unknown): { code?: string; detail?: string } {
  return reason as { code?: string; detail?: string };
}

describe('the catalog service', () => {
  let database: Borrowed;
  let redis: Server;
  let admin: Redis;
  let config: CatalogConfig;
  let uncertify: () => Promise<void>;
  const bus = new InProcessBus();
  const services: RunningService[] = [];
  const clients: RpcClient[] = [];

  const callerOf = (service: RunningService): RpcClient => {
    const addresses = [{ host: '127.0.0.1', port: service.port! }];
    const caller = { service: 'gateway', upstream: 'catalog', addresses, key: KEY };
    const client = new RpcClient(caller);
    clients.push(client);
    return client;
  };
  const startOne = async (): Promise<void> => {
    const service = await startCatalog(config, { bus });
    services.push(service);
    callerOf(service);
  };

  beforeAll(async () => {
    [database, redis] = await Promise.all([borrowDatabase(), startRedis()]);
    admin = connectRedis({ host: redis.host, port: redis.port, commandTimeoutMs: 2_000 }, () => undefined);
    await admin.connect();
    uncertify = await keepCertified(redis);
    config = loadConfig({
      DATABASE_URL: database.url,
      REDIS_HOST: redis.host,
      REDIS_PORT: String(redis.port),
      SERVICE_KEY_GATEWAY_CATALOG: KEY,
      SERVICE_KEY_INVALIDATOR_CATALOG: INVALIDATOR_KEY,
      PORT: '0',
      OPS_PORT: '0',
      LOG_LEVEL: 'silent',
    });
    await Promise.all([startOne(), startOne()]); // two at once: migrations run twice in parallel
  });
  afterAll(async () => {
    for (const client of clients) client.close();
    await Promise.all(services.map((service) => service.close()));
    admin.disconnect();
    await uncertify();
    await Promise.all([redis.stop(), database.release()]);
  });

  const by = (principal: Caller | null): OutgoingCall => ({
    requestId: 'test',
    principal,
    deadlineMs: Date.now() + 5_000,
  });

  it('answers reads from the cache, and shows a change at once in the process that made it', async () => {
    const [one, other] = clients as [RpcClient, RpcClient];
    const { data: category } = await one.call(catalog.createCategory, { name: 'Drinks' }, by(EDITOR));
    const tea = { sku: 'TEA', name: 'Green tea', categoryId: category.id, priceMinor: 300, currency: 'EUR' };
    const { data: product } = await one.call(catalog.createProduct, tea, by(EDITOR));

    const first = await one.call(catalog.getProduct, { id: product.id }, by(null));
    const second = await other.call(catalog.getProduct, { id: product.id }, by(null));
    const list = await other.call(catalog.listProducts, { category: category.id }, by(null));
    await until('the product is in the process itself', 10_000, async () => {
      const read = await other.call(catalog.getProduct, { id: product.id }, by(null));
      return read.cache[0]?.l1 === true;
    });
    const change = { id: product.id, expectedVersion: product.version, changes: { priceMinor: 250 } };
    const { data: changed } = await one.call(catalog.updateProduct, change, by(EDITOR));
    const third = await one.call(catalog.getProduct, { id: product.id }, by(null));
    const again = await one.call(catalog.listProducts, { category: category.id }, by(null));

    expect(first).toMatchObject({ data: product, cache: [{ cache: 'larder-product', outcome: 'miss', stored: true }] });
    expect(second).toMatchObject({ data: product, cache: [{ cache: 'larder-product', outcome: 'hit', l1: false }] });
    expect(list).toMatchObject({
      data: { items: [product], nextCursor: null },
      cache: [
        { cache: 'larder-list', outcome: 'miss' },
        { cache: 'larder-product', outcome: 'hit' },
      ],
    });
    expect(third).toMatchObject({ data: changed, cache: [{ outcome: 'miss' }] });
    expect(again).toMatchObject({ data: { items: [changed] }, cache: [{ outcome: 'hit' }, { outcome: 'hit' }] });
  });

  it('refuses by the codes of the contract', async () => {
    const [client] = clients as [RpcClient];
    const removal = { id: UNKNOWN, expectedVersion: 1 };

    await expect(client.call(catalog.getProduct, { id: UNKNOWN }, by(null))).rejects.toMatchObject({
      code: 'PRODUCT_NOT_FOUND',
    });
    await expect(client.call(catalog.listProducts, { category: UNKNOWN }, by(null))).rejects.toMatchObject({
      code: 'CATEGORY_NOT_FOUND',
    });
    await expect(client.call(catalog.searchProducts, { q: 'tea', cursor: 'made-up' }, by(null))).rejects.toMatchObject({
      code: 'INVALID_CURSOR',
    });
    await expect(client.call(catalog.removeProduct, removal, by(EDITOR))).rejects.toMatchObject({
      code: 'PRODUCT_NOT_FOUND',
    });
    await expect(client.call(catalog.removeProduct, removal, by(null))).rejects.toMatchObject({
      code: 'SESSION_REQUIRED',
    });
  });

  it('says within 300 ms that the caches do not know of a change yet while Redis is stopped', async () => {
    const [client] = clients as [RpcClient];
    const { data: category } = await client.call(catalog.createCategory, { name: 'Spices' }, by(EDITOR));
    const changing = async (attempt: number): Promise<number> => {
      const { data: product } = await until('changes reach Redis', 10_000, async () => {
        const salt = { sku: randomUUID(), name: 'Salt', categoryId: category.id, priceMinor: 90, currency: 'EUR' };
        const created = await client.call(catalog.createProduct, salt, by(EDITOR));
        return created.freshness === 'applied' && created;
      });
      await redis.pause();
      const beganMs = performance.now();
      const change = { id: product.id, expectedVersion: product.version, changes: { priceMinor: 90 + attempt } };
      const answered = await client.call(catalog.updateProduct, change, by(EDITOR));
      const tookMs = performance.now() - beganMs;
      await redis.resume();
      expect(answered).toMatchObject({ data: { priceMinor: 90 + attempt }, freshness: 'pending' });
      return tookMs;
    };
    expect(await fastest(3, 300, changing)).toBeLessThan(300);
  });

  it('refuses in time what takes longer than its caller waits, and loads it all the same', async () => {
    const [client] = clients as [RpcClient];
    const { data: category } = await client.call(catalog.createCategory, { name: 'Oils' }, by(EDITOR));
    const oil = { sku: 'OIL', name: 'Oil', categoryId: category.id, priceMinor: 900, currency: 'EUR' };
    const { data: product } = await client.call(catalog.createProduct, oil, by(EDITOR));
    const lock = new pg.Client({ connectionString: database.url });
    await lock.connect();
    await lock.query('BEGIN; LOCK TABLE public.products');

    /** Whether each call of a caller who has not been let down yet is refused before the caller gives up. */
    const inTime = async (): Promise<boolean> => {
      const caller = callerOf(services[0]!);
      await caller.health();
      const beganMs = performance.now();
      const calls = Array.from({ length: IN_A_ROW }, () =>
        caller.call(catalog.getProduct, { id: product.id }, { ...by(null), deadlineMs: Date.now() + WAIT_MS }),
      );
      const refusals = await Promise.all(calls.map((call) => call.then(() => null, refusalOf)));
      expect(performance.now() - beganMs).toBeGreaterThan(WAIT_MS / 2);
      expect(new Set(refusals.map((refusal) => refusal?.code))).toEqual(new Set(['UNAVAILABLE']));
      return refusals.every((refusal) => refusal?.detail === AWAY) && (await caller.health()) === 'up';
    };
    await until('all are refused in time', 10 * WAIT_MS, inTime); // the refusal has 25 ms, which a machine may take
    await lock.query('COMMIT');
    await lock.end();

    const key = productSpace.key(product.id);
    await until('the product is stored', 10_000, async () => {
      return (await admin.get(key))?.startsWith(`V${product.version}`) === true;
    });
    expect((await client.call(catalog.getProduct, { id: product.id }, by(null))).cache[0]?.outcome).toBe('hit');
  });

  it('leaves the bus, which it was lent, open when it stops', async () => {
    const service = await startCatalog(config, { bus });
    await service.close();
    expect(bus.connected).toBe(true);
  });

  it('names the variable when a server has neither an address nor a twin', async () => {
    await expect(startCatalog(config)).rejects.toThrow('RABBITMQ_URL');
    await expect(startCatalog({ ...config, REDIS_HOST: undefined }, { bus })).rejects.toThrow('REDIS_HOST');
    const nowhere = { ...config, DATABASE_URL: 'postgresql://larder:secret-word@127.0.0.1:1/larder' };
    const failure = startCatalog(nowhere, { bus, store: new MemoryStore() });
    await expect(failure).rejects.toThrow('PostgreSQL at 127.0.0.1:1/larder cannot be used');
    await expect(failure).rejects.not.toThrow('secret-word');
  });
});
