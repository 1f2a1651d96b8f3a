import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Cache, connectRedis, MemoryStore, RedisStore } from '@larder/cache';
import { CATALOG_EXCHANGE, CATALOG_SOURCE, CATALOG_SPACES, productSpace, type Product } from '@larder/contracts';
import { AmqpPublisher, InProcessBus, type OutgoingEvent } from '@larder/messaging';
import {
  borrowVhost,
  fastest,
  startRedis,
  until,
  type BorrowedVhost,
  type Server,
} from '../../../tools/services/index.js';
import { loadConfig } from '../src/config.js';
import { startInvalidator, type RunningInvalidator } from '../src/start-invalidator.js';

/** An entry of a product at version 1. */
const OLD = /^V1[A-Za-z]/;

function product(id: string, version: number): Product {
  const now = '2026-01-02T03:04:05.000Z';
  return {
    ...{ id, version, sku: `sku-${id}`, name: 'Tea', brand: null, description: '', categoryId: id },
    ...{ priceMinor: version, currency: 'INR', rating: null, createdAt: now, updatedAt: now },
  };
}

function updated(id: string, version: number): OutgoingEvent {
  const data = { id, version, categoryPath: [id], previousCategoryPath: [id], changed: ['price_minor'] };
  return eventOf('catalog.product.updated', data);
}

function eventOf(type: string, data: unknown): OutgoingEvent {
  return { id: randomUUID(), type, source: CATALOG_SOURCE, time: new Date().toISOString(), data };
}

/** Reads `ids` as a catalog would; the loads answer `version`. How many had to load is the second part. */
async function read(cache: Cache, ids: readonly string[], version: number): Promise<[Product[], number]> {
  let loads = 0;
  const found = await cache.space(productSpace).getOrSetMany(ids, (missing) => {
    loads += missing.length;
    return Promise.resolve(new Map(missing.map((id) => [id, product(id, version)])));
  });
  return [[...found.values()], loads];
}

async function get(invalidator: RunningInvalidator, path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${invalidator.operationsPort}${path}`);
  return { status: response.status, body: await response.text() };
}

async function metric(invalidator: RunningInvalidator, name: string): Promise<number> {
  const { body } = await get(invalidator, '/metrics');
  const line = body.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.split(' ')[1]);
}

describe('the invalidator on RabbitMQ and Redis', () => {
  let vhost: BorrowedVhost;
  let redisServer: Server;
  let redis: Redis;
  /** Is back within milliseconds of Redis. */
  let witness: Redis;
  let cache: Cache;
  let publisher: AmqpPublisher;
  let invalidator: RunningInvalidator;

  const start = (): Promise<RunningInvalidator> =>
    startInvalidator(
      loadConfig({
        ...{ RABBITMQ_URL: vhost.url, REDIS_HOST: redisServer.host, REDIS_PORT: String(redisServer.port) },
        ...{ OPS_PORT: '0', LOG_LEVEL: 'silent' },
      }),
    );

  beforeAll(async () => {
    [vhost, redisServer] = await Promise.all([borrowVhost(), startRedis({ persistent: true })]);
    redis = connectRedis({ host: redisServer.host, port: redisServer.port, commandTimeoutMs: 2_000 }, () => undefined);
    await redis.connect();
    witness = new Redis(redisServer.url, {
      retryStrategy: () => 5,
      enableReadyCheck: false,
      maxRetriesPerRequest: null,
    });
    witness.on('error', () => undefined);
    cache = new Cache({ store: new RedisStore(redis), operationTimeoutMs: 2_000 });
    publisher = new AmqpPublisher({ url: vhost.url, exchange: CATALOG_EXCHANGE, name: 'test' });
    invalidator = await start();
    await until('the publisher is connected', 5_000, () => publisher.connected);
  }, 120_000);

  afterAll(async () => {
    await invalidator.close();
    await publisher.close();
    await cache.close();
    redis.disconnect();
    witness.disconnect();
    await Promise.all([vhost.release(), redisServer.stop()]);
  });

  const publish = async (events: readonly OutgoingEvent[]): Promise<void> => {
    expect(new Set(await publisher.publish(events))).toEqual(new Set(['confirmed']));
  };

  const stale = async (ids: readonly string[]): Promise<number> =>
    (await witness.mget(...ids.map((id) => productSpace.key(id)))).filter((entry) => OLD.test(entry ?? '')).length;

  /** The client gives a server up that owes it an answer, and takes a moment to come back. */
  async function reconnected(): Promise<void> {
    await until(
      'the client is connected again',
      3_000,
      async () => (await redis.ping().catch(() => 'not yet')) === 'PONG',
    );
  }

  async function cachedProducts(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await until('all are cached', 10_000, async () => {
      for (let from = 0; from < count; from += 100) await read(cache, ids.slice(from, from + 100), 1);
      return (await stale(ids)) === count;
    });
    return ids;
  }

  /** As {@link read}, in a process that has no entries of its own. */
  async function readElsewhere(ids: readonly string[], version: number): Promise<[Product[], number]> {
    const elsewhere = new Cache({ store: new RedisStore(redis), operationTimeoutMs: 2_000 });
    const found = await read(elsewhere, ids, version);
    await elsewhere.close();
    return found;
  }

  it('hears of no invalidation, for it keeps no entries', async () => {
    await publish([updated(randomUUID(), 2)]);
    await until(
      'the event is applied',
      5_000,
      async () => (await metric(invalidator, 'larder_invalidation_lag_seconds_count')) === 1,
    );
    expect(await redis.pubsub('CHANNELS')).toEqual([]);
  });

  it('removes what an event has made stale, and measures how long that took', async () => {
    const ids = await cachedProducts(3);
    const before = await metric(invalidator, 'larder_invalidation_lag_seconds_count');
    await publish(ids.map((id) => updated(id, 2)));
    await until('nothing old is left', 1_000, async () => (await stale(ids)) === 0);
    const [products, loads] = await readElsewhere(ids, 2);
    expect([products.map(({ version }) => version), loads]).toEqual([[2, 2, 2], 3]);
    await until('its own tier has heard of it', 1_000, async () =>
      (await read(cache, ids, 2))[0].every(({ version }) => version === 2),
    );
    await until(
      'all are counted',
      5_000,
      async () => (await metric(invalidator, 'larder_invalidation_lag_seconds_count')) === before + 3,
    );
    expect(await metric(invalidator, 'larder_consumer_up')).toBe(1);
    expect((await get(invalidator, '/readyz')).status).toBe(200);
  });

  it('takes every event of the catalog, and none of them as a key', async () => {
    const id = randomUUID();
    await publish([
      eventOf('catalog.category.deleted', { id, version: 3, path: [], previousPath: [id], changed: [] }),
      eventOf('catalog.stock.changed', { productId: id, version: 4 }),
    ]);
    await until(
      'the category has a key',
      5_000,
      async () => (await redis.get(`catalog_service:category:${id}`)) !== null,
    );
  });

  it('puts what it cannot understand among the dead letters, counts it, and goes on', async () => {
    const before = await metric(invalidator, 'larder_dead_letters');
    const putThere = await metric(invalidator, 'larder_dead_lettered_total');
    const [id = ''] = await cachedProducts(1);
    await publish([
      eventOf('catalog.product.exploded', {}),
      eventOf('catalog.product.updated', { id: 'not an id', key: productSpace.key(id) }),
      updated(id, 2),
    ]);
    await until('nothing old is left', 1_000, async () => (await stale([id])) === 0);
    await until(
      'both are dead letters',
      5_000,
      async () => (await metric(invalidator, 'larder_dead_letters')) === before + 2,
    );
    expect(await metric(invalidator, 'larder_dead_lettered_total')).toBe(putThere + 2);
  });

  it('makes all that is cached of the catalog unservable before it puts an event away', async () => {
    const before = await metric(invalidator, 'larder_dead_letters');
    const ids = await cachedProducts(3);
    expect((await readElsewhere(ids, 2))[1]).toBe(0);
    await publish([eventOf('catalog.product.updated', { id: ids[0] })]);
    await until(
      'it is a dead letter',
      5_000,
      async () => (await metric(invalidator, 'larder_dead_letters')) === before + 1,
    );
    expect((await readElsewhere(ids, 2))[1]).toBe(3);
    const { body } = await get(invalidator, '/metrics');
    for (const { name } of CATALOG_SPACES) {
      expect(body).toContain(`larder_cache_retired_spaces_total{space="${name}",reason="asked"}`);
    }
  });

  it('keeps an event that it cannot understand until Redis has forgotten the catalog', async () => {
    const before = await metric(invalidator, 'larder_dead_letters');
    const ids = await cachedProducts(3);
    await redisServer.pause();
    await publish([eventOf('catalog.product.updated', {})]);
    await until('it is not ready', 5_000, async () => (await get(invalidator, '/readyz')).status === 503);
    expect(await metric(invalidator, 'larder_dead_letters')).toBe(before);
    await redisServer.resume();
    await until(
      'it is a dead letter',
      5_000,
      async () => (await metric(invalidator, 'larder_dead_letters')) === before + 1,
    );
    await reconnected();
    expect((await readElsewhere(ids, 2))[1]).toBe(3);
  });

  it('gives such an event back when it stops, and its successor makes Redis forget', async () => {
    const before = await metric(invalidator, 'larder_dead_letters');
    const ids = await cachedProducts(3);
    await redisServer.pause();
    await publish([eventOf('catalog.product.updated', {})]);
    await until('it is not ready', 5_000, async () => (await get(invalidator, '/readyz')).status === 503);
    await invalidator.close();
    await redisServer.resume();
    await reconnected();
    await readElsewhere(ids, 1); // what was under way when Redis stopped is applied by now
    expect((await readElsewhere(ids, 2))[1]).toBe(0);
    invalidator = await start();
    await until(
      'it is a dead letter',
      5_000,
      async () => (await metric(invalidator, 'larder_dead_letters')) === before + 1,
    );
    expect((await readElsewhere(ids, 2))[1]).toBe(3);
  });

  it.each(['kill', 'pause'] as const)('applies everything within a second after Redis returns (%s)', async (harm) => {
    const outage = async (): Promise<number> => {
      const ids = await cachedProducts(600);
      await redisServer[harm]();
      await publish(ids.map((id) => updated(id, 2)));
      await until('it is not ready', 5_000, async () => (await get(invalidator, '/readyz')).status === 503);
      expect((await get(invalidator, '/readyz')).body).toContain('"redis":"down"');
      await (harm === 'kill' ? redisServer.restart() : redisServer.resume());
      const returnedMs = performance.now();
      await until('nothing old is left', 10_000, async () => (await stale(ids)) === 0);
      const tookMs = performance.now() - returnedMs;
      await until('it is ready again', 5_000, async () => (await get(invalidator, '/readyz')).status === 200);
      await reconnected();
      return tookMs;
    };
    expect(await fastest(3, 1_000, outage)).toBeLessThan(1_000);
  });

  it('gives back what it cannot apply when it stops, and its successor applies it', async () => {
    const stopping = async (): Promise<number> => {
      const ids = await cachedProducts(20);
      await redisServer.pause();
      await publish(ids.map((id) => updated(id, 2)));
      await until('it is not ready', 5_000, async () => (await get(invalidator, '/readyz')).status === 503);
      const askedMs = performance.now();
      await invalidator.close();
      const tookMs = performance.now() - askedMs;
      await redisServer.resume();
      invalidator = await start();
      await reconnected();
      await until('nothing old is left', 5_000, async () => (await stale(ids)) === 0);
      return tookMs;
    };
    expect(await fastest(2, 4_000, stopping)).toBeLessThan(4_000);
  });
});

describe('the invalidator on the twins', () => {
  it('invalidates in process', async () => {
    const [store, bus] = [new MemoryStore(), new InProcessBus()];
    const config = loadConfig({ OPS_PORT: '0', LOG_LEVEL: 'silent' });
    const invalidator = await startInvalidator(config, { store, bus });
    const cache = new Cache({ store });
    const id = randomUUID();
    await read(cache, [id], 1);
    expect(await bus.publish([updated(id, 2)])).toEqual(['confirmed']);
    await until('the new version is read', 1_000, async () => (await read(cache, [id], 2))[0][0]?.version === 2);
    expect((await get(invalidator, '/readyz')).body).toContain('"rabbitmq":"up"');
    await invalidator.close();
    await invalidator.close();
    await cache.close();
  });
});
