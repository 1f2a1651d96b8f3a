import { setTimeout as sleep } from 'node:timers/promises';
import { catalog, type Product } from '@larder/contracts';
import { InProcessBus } from '@larder/messaging';
import { RpcClient, type Caller, type RunningService } from '@larder/platform';
import {
  borrowDatabase,
  startRedis,
  TcpProxy,
  until,
  type Borrowed,
  type Server,
} from '../../../tools/services/index.js';
import { loadConfig } from '../src/config.js';
import { startCatalog } from '../src/start-catalog.js';
import { keepCertified } from './fixture.js';

const KEY = 'a key between gateway and catalog that is long enough';
const EDITOR: Caller = { accountId: 'somebody', roles: ['editor'], sessionId: 'some session' };
/** What docs/guarantees.md promises of another process. */
const BOUND_MS = 1_000;
const ROUNDS = 5;
const PAUSE_MS = 10;

describe('two catalog processes with entries of their own', () => {
  let database: Borrowed;
  let redis: Server;
  let proxy: TcpProxy;
  let writer: RpcClient;
  let other: RpcClient;
  let product: Product;
  let uncertify: () => Promise<void>;
  const bus = new InProcessBus();
  const services: RunningService[] = [];

  const start = async (port: number): Promise<RpcClient> => {
    const config = loadConfig({
      ...{ DATABASE_URL: database.url, LOG_LEVEL: 'silent' },
      ...{ SERVICE_KEY_GATEWAY_CATALOG: KEY, SERVICE_KEY_INVALIDATOR_CATALOG: KEY },
      ...{ REDIS_HOST: '127.0.0.1', REDIS_PORT: String(port), PORT: '0', OPS_PORT: '0' },
    });
    const service = await startCatalog(config, { bus });
    services.push(service);
    return new RpcClient({
      ...{ service: 'gateway', upstream: 'catalog', addresses: [{ host: '127.0.0.1', port: service.port! }], key: KEY },
    });
  };
  const by = (principal: Caller | null) => ({ requestId: 'test', principal, deadlineMs: Date.now() + 5_000 });
  const read = (client: RpcClient) => client.call(catalog.getProduct, { id: product.id }, by(null));

  beforeAll(async () => {
    [database, redis] = await Promise.all([borrowDatabase(), startRedis()]);
    uncertify = await keepCertified(redis);
    proxy = await TcpProxy.start(redis);
    writer = await start(redis.port);
    other = await start(proxy.port);
    const { data: category } = await writer.call(catalog.createCategory, { name: 'Drinks' }, by(EDITOR));
    const tea = { sku: 'TEA', name: 'Green tea', categoryId: category.id, priceMinor: 1, currency: 'EUR' };
    product = (await writer.call(catalog.createProduct, tea, by(EDITOR))).data;
  }, 60_000);
  afterAll(async () => {
    for (const client of [writer, other]) client.close();
    await Promise.all(services.map((service) => service.close()));
    await proxy.stop();
    await uncertify();
    await Promise.all([redis.stop(), database.release()]);
  });

  /** Reads until an answer comes out of the process itself. */
  async function warm(client: RpcClient): Promise<void> {
    await until('the process has it itself', 5_000, async () => (await read(client)).cache[0]?.l1 === true);
  }

  async function changePrice(): Promise<void> {
    const change = {
      id: product.id,
      expectedVersion: product.version,
      changes: { priceMinor: product.priceMinor + 1 },
    };
    product = (await writer.call(catalog.updateProduct, change, by(EDITOR))).data;
  }

  /** How long after a change was answered the last read of `other` began that did not show it, in milliseconds; 0 without any. */
  async function behindMs(): Promise<number> {
    const answeredMs = performance.now();
    let lastMs = 0;
    for (;;) {
      const beganMs = performance.now() - answeredMs;
      if ((await read(other)).data.version === product.version) return lastMs;
      lastMs = beganMs;
      await sleep(PAUSE_MS);
    }
  }

  /** As {@link behindMs}, of the slowest of several changes, each under the same harm. */
  async function mostBehindMs(harm: () => void): Promise<number> {
    const behind: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      await Promise.all([warm(writer), warm(other)]);
      harm();
      await changePrice();
      const [own, ms] = await Promise.all([read(writer), behindMs()]);
      expect(own.data.version).toBe(product.version);
      behind.push(ms);
      await proxy.forward();
    }
    return Math.max(...behind);
  }

  it('show a change at once where it was made, and within a second where it is heard of', async () => {
    expect(await mostBehindMs(() => undefined)).toBeLessThanOrEqual(BOUND_MS);
  });

  it('keep to that when the other one loses its subscription', async () => {
    expect(
      await mostBehindMs(() => {
        proxy.cutSubscribers();
      }),
    ).toBeLessThanOrEqual(BOUND_MS);
  });

  it('keep to that when the other one hears nothing, and is not told so', async () => {
    const mostMs = await mostBehindMs(() => {
      proxy.muteSubscribers();
    });
    expect(mostMs).toBeGreaterThan(0);
    expect(mostMs).toBeLessThanOrEqual(BOUND_MS);
  }, 30_000);

  it('agree on lists at once, whose entries are in no process', async () => {
    const list = { sort: 'price', limit: 20 } as const;
    for (const client of [writer, other]) await client.call(catalog.listProducts, list, by(null));
    const coffee = { sku: 'COFFEE', name: 'Coffee', categoryId: product.categoryId, priceMinor: 9, currency: 'EUR' };
    const { data: added } = await writer.call(catalog.createProduct, coffee, by(EDITOR));
    const { data, cache } = await other.call(catalog.listProducts, list, by(null));
    expect(data.items.map(({ id }) => id)).toContain(added.id);
    expect(cache[0]).toMatchObject({ cache: 'larder-list', outcome: 'miss', l1: false });
  });
});
