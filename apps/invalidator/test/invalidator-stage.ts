import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { Cache, connectRedis, RedisStore } from '@larder/cache';
import { productSpace, type Product } from '@larder/contracts';
import { borrowVhost, startRedis, until, type BorrowedVhost, type Server } from '../../../tools/services/index.js';
import { loadConfig } from '../src/config.js';
import { startInvalidator, type RunningInvalidator } from '../src/start-invalidator.js';
import { CatalogStandIn, KEY } from './catalog-stand-in.js';

/** An entry of a product at version 1. */
const OLD = /^V1[A-Za-z]/;
const CHAIN = 'catalog_service:chain';
const CERTIFICATE = 'catalog_service:certificate';

function product(id: string, version: number): Product {
  const now = '2026-01-02T03:04:05.000Z';
  return {
    ...{ id, version, sku: `sku-${id}`, name: 'Tea', brand: null, description: '', categoryId: id },
    ...{ priceMinor: version, currency: 'INR', rating: null, createdAt: now, updatedAt: now },
  };
}

/** Products as a catalog caches them, but whatever the age of the certificate: here it is up to each test. */
const products = { ...productSpace, demand: { ...productSpace.demand, withinMs: Infinity } };

/** Reads `ids` as a catalog would; the loads answer `version`. How many had to load is the second part. */
export async function read(cache: Cache, ids: readonly string[], version: number): Promise<[Product[], number]> {
  let loads = 0;
  const found = await cache.space(products).getOrSetMany(ids, (missing) => {
    loads += missing.length;
    return Promise.resolve(new Map(missing.map((id) => [id, product(id, version)])));
  });
  return [[...found.values()], loads];
}

export async function get(invalidator: RunningInvalidator, path: string): Promise<{ status: number; body: string }> {
  const response = await fetch(`http://127.0.0.1:${invalidator.operationsPort}${path}`);
  return { status: response.status, body: await response.text() };
}

/** A sample by its name and labels; 0 while it has none. */
async function metric(invalidator: RunningInvalidator, name: string): Promise<number> {
  const { body } = await get(invalidator, '/metrics');
  const line = body.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return Number(line?.split(' ')[1] ?? 0);
}

/** The invalidator between a stand-in of the catalog, a vhost of RabbitMQ and a Redis that a catalog reads from as well. */
export class InvalidatorStage {
  readonly catalog = new CatalogStandIn();
  invalidator!: RunningInvalidator;
  cache!: Cache;
  redis!: Redis;
  /** Is back within milliseconds of Redis. */
  private witness!: Redis;

  private constructor(
    readonly vhost: BorrowedVhost,
    readonly redisServer: Server,
  ) {}

  static async open({ persistent = true } = {}): Promise<InvalidatorStage> {
    const [vhost, redisServer] = await Promise.all([borrowVhost(), startRedis({ persistent })]);
    const stage = new InvalidatorStage(vhost, redisServer);
    stage.redis = connectRedis(
      { host: redisServer.host, port: redisServer.port, commandTimeoutMs: 2_000 },
      () => undefined,
    );
    await stage.redis.connect();
    stage.witness = new Redis(redisServer.url, {
      retryStrategy: () => 5,
      enableReadyCheck: false,
      maxRetriesPerRequest: null,
    });
    stage.witness.on('error', () => undefined);
    stage.cache = stage.openCache();
    await stage.catalog.listen();
    stage.invalidator = await stage.start(); // its queue is there before the first batch
    await stage.catalog.connect(vhost.url);
    return stage;
  }

  /** An invalidator on the same servers. */
  async start(): Promise<RunningInvalidator> {
    return startInvalidator(
      loadConfig({
        ...{ RABBITMQ_URL: this.vhost.url, REDIS_HOST: this.redisServer.host },
        ...{ REDIS_PORT: String(this.redisServer.port), OPS_PORT: '0', LOG_LEVEL: 'silent' },
        ...{ CATALOG_ADDRESSES: `127.0.0.1:${this.catalog.port}`, SERVICE_KEY_INVALIDATOR_CATALOG: KEY },
      }),
    );
  }

  async restart(): Promise<void> {
    this.invalidator = await this.start();
  }

  openCache(): Cache {
    return new Cache({ store: new RedisStore(this.redis), operationTimeoutMs: 2_000 });
  }

  metric(name: string): Promise<number> {
    return metric(this.invalidator, name);
  }

  /** How many changes this invalidator has applied. */
  changesOf(invalidator: RunningInvalidator): Promise<number> {
    return metric(invalidator, 'larder_chain_changes_total');
  }

  /** What was done about a store that lacked something. */
  repairs(what: 'begun' | 'gap' | 'restarted'): Promise<number> {
    return this.metric(`larder_cache_chain_repairs_total{service="catalog_service",what="${what}"}`);
  }

  async notReady(): Promise<void> {
    await until('it is not ready', 5_000, async () => (await get(this.invalidator, '/readyz')).status === 503);
  }

  async stale(ids: readonly string[]): Promise<number> {
    const entries = await this.witness.mget(...ids.map((id) => productSpace.key(id)));
    return entries.filter((entry) => OLD.test(entry ?? '')).length;
  }

  async nothingStale(ids: readonly string[], withinMs = 5_000): Promise<void> {
    await until('nothing old is left', withinMs, async () => (await this.stale(ids)) === 0);
  }

  /** The number that Redis stands at. */
  async position(): Promise<number> {
    return Number(await this.witness.get(CHAIN));
  }

  async certificate(): Promise<number> {
    return Number(await this.witness.get(CERTIFICATE));
  }

  /** As a replica that is promoted without what came last. */
  async setPosition(position: number): Promise<void> {
    await this.witness.set(CHAIN, position);
  }

  async deadLetters(): Promise<number> {
    return this.metric('larder_dead_letters');
  }

  async cachedProducts(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, () => randomUUID());
    await until('all are cached', 10_000, async () => {
      for (let from = 0; from < count; from += 100) await read(this.cache, ids.slice(from, from + 100), 1);
      return (await this.stale(ids)) === count;
    });
    return ids;
  }

  /** How many of these a process that has no entries of its own has to load. */
  async loadsElsewhere(ids: readonly string[], version: number): Promise<number> {
    const elsewhere = this.openCache();
    const [, loads] = await read(elsewhere, ids, version);
    await elsewhere.close();
    return loads;
  }

  /** The client gives a server up that owes it an answer, and takes a moment to come back. */
  async reconnected(): Promise<void> {
    await until(
      'the client is connected again',
      3_000,
      async () => (await this.redis.ping().catch(() => 'not yet')) === 'PONG',
    );
  }

  async close(): Promise<void> {
    await this.invalidator.close();
    await this.catalog.close();
    await this.cache.close();
    this.redis.disconnect();
    this.witness.disconnect();
    await Promise.all([this.vhost.release(), this.redisServer.stop()]);
  }
}
