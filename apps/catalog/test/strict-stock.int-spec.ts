import { Cache, connectRedis, MemoryStore, RedisStore, type CacheEvent, type Store } from '@larder/cache';
import { deferred } from '@larder/cache/testing';
import { stockSpace, type Product, type Stock } from '@larder/contracts';
import { Registry } from 'prom-client';
import { startRedis, until, type Server } from '../../../tools/services/index.js';
import { Announcer } from '../src/changes/announcer.js';
import { runningTransactions } from '../src/database/running-transactions.js';
import { asRefusal } from '../src/failures/unavailable.js';
import { Bell } from '../src/outbox/bell.js';
import { ProductReader } from '../src/products/product-reader.js';
import { StockService } from '../src/stock/stock-service.js';
import { addCategory, addProduct, certify, openCatalogue, UNTRACED, type Catalogue } from './fixture.js';
import { GatedStore } from './gated-store.js';

const CALLER = { remainingMs: () => 60_000 };

describe.each(['memory', 'Redis'] as const)('stock on %s', (kind) => {
  let server: Server | undefined;
  let inner: Store = new MemoryStore();
  let stop: () => void = () => undefined;
  let store: GatedStore;
  let catalogue: Catalogue;
  let cache: Cache;
  let service: StockService;
  let product: Product;
  const events: CacheEvent[] = [];

  const openService = async (): Promise<[Cache, StockService]> => {
    const transactions = runningTransactions(catalogue.dataSource);
    const opened = new Cache({ store, operationTimeoutMs: 500, transactions, onEvent: (event) => events.push(event) });
    await certify(opened);
    const products = new ProductReader(opened, catalogue.products);
    const announcer = new Announcer(opened, new Bell(), new Registry());
    return [opened, new StockService(opened, catalogue.stock, products, announcer)];
  };
  const read = async (from = service): Promise<[number, string | undefined]> => {
    const { data, cache: reports } = await from.get(product.id, CALLER);
    return [data.quantity, reports[0]?.outcome];
  };
  const key = (): string => stockSpace.key(product.id);

  beforeAll(async () => {
    if (kind === 'memory') return;
    server = await startRedis();
    const client = connectRedis({ host: server.host, port: server.port, commandTimeoutMs: 2_000 }, () => undefined);
    await client.connect();
    inner = new RedisStore(client);
    stop = () => {
      client.disconnect();
    };
  });
  afterAll(async () => {
    stop();
    await server?.stop();
  });
  beforeEach(async () => {
    store = new GatedStore(inner);
    const writer = new Cache({ store, operationTimeoutMs: 500 });
    catalogue = await openCatalogue(writer);
    [cache, service] = await openService();
    product = await addProduct(catalogue, (await addCategory(catalogue)).id);
    await service.adjust(product.id, 10, UNTRACED);
  });
  afterEach(async () => {
    await cache.close();
    await catalogue.close();
  });

  it('is read from the cache, and new after a change, in another process too', async () => {
    const [other, elsewhere] = await openService();
    expect([await read(), await read(), await read(elsewhere)]).toEqual([
      [10, 'miss'],
      [10, 'hit'],
      [10, 'hit'],
    ]);
    await service.adjust(product.id, -3, UNTRACED);
    expect(await read(elsewhere)).toEqual([7, 'miss']);
    expect(await service.offers([product.id], CALLER)).toMatchObject({ data: [{ available: 7 }] });
    await other.close();
  });

  it('is read from the database from before the commit until after it', async () => {
    await read();
    const opened = deferred<undefined>();
    store.gate = opened.promise;
    store.placed = deferred<undefined>();
    const adjusting = service.adjust(product.id, -3, UNTRACED);
    await store.placed.promise;
    expect(await read()).toEqual([10, 'bypass']);
    opened.resolve(undefined);
    await adjusting;
    expect([await read(), await read()]).toEqual([
      [7, 'miss'],
      [7, 'hit'],
    ]);
  });

  it('is not changed when the intent cannot be placed', async () => {
    store.fail('refuse', { only: ['intend'] });
    const error: unknown = await service.adjust(product.id, -3, UNTRACED).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'INTENT_REFUSED' });
    expect(asRefusal(error)).toMatchObject({ code: 'UNAVAILABLE', retryAfterSeconds: 1 });
    expect(await catalogue.stock.find(product.id)).toMatchObject<Partial<Stock>>({ quantity: 10 });
  });

  it('is cached again although a writer died before its commit', async () => {
    await store.intend([{ key: key(), transaction: '3' }]); // the first transaction that a cluster has is long over
    expect(await read()).toEqual([10, 'bypass']);
    await until('the intent is settled', 5_000, async () => (await read())[1] === 'hit');
    expect(events).toContainEqual({ type: 'settled', count: 1 });
  });

  it.each([
    ['is cached again at once when the database refuses the COMMIT', `RAISE 'no such stock'`, 'miss'],
    [
      'is read from the database when nobody knows what became of the COMMIT',
      'PERFORM pg_terminate_backend(pg_backend_pid())',
      'bypass',
    ],
  ])('%s', async (_, atCommit, outcome) => {
    await catalogue.sql(`CREATE FUNCTION at_commit() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN ${atCommit}; RETURN NULL; END $$`);
    await catalogue.sql(`CREATE CONSTRAINT TRIGGER at_commit AFTER UPDATE ON stock DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION at_commit()`);
    store.placed = deferred<undefined>();
    await expect(service.adjust(product.id, -3, UNTRACED)).rejects.toThrow();
    await store.placed.promise;
    expect(await read()).toEqual([10, outcome]);
  });

  it('of a product without a count is nothing, and of none unknown', async () => {
    const bare = await addProduct(catalogue, product.categoryId);
    for (const outcome of ['miss', 'hit']) {
      const { data, cache: reports } = await service.get(bare.id, CALLER);
      expect([data.quantity, reports[0]?.outcome]).toEqual([0, outcome]);
    }
    await service.adjust(bare.id, 2, UNTRACED);
    expect((await service.get(bare.id, CALLER)).data.quantity).toBe(2);
    await catalogue.products.remove(bare.id, bare.version, UNTRACED);
    await expect(service.get(bare.id, CALLER)).rejects.toMatchObject({ code: 'PRODUCT_NOT_FOUND' });
  });

  it('asks which transactions are still in progress', async () => {
    const current = async (rows: Promise<{ id: string }[]>): Promise<string> => (await rows)[0]!.id;
    const xid = 'SELECT pg_current_xact_id()::text AS id';
    const committed = await current(catalogue.sql(xid));
    const running = runningTransactions(catalogue.dataSource);
    await catalogue.sql('BEGIN');
    const open = await current(catalogue.sql(xid));
    expect(await running([committed, open, '3', '900000000000'])).toEqual(new Set([open]));
    await catalogue.sql('ROLLBACK');
    expect(await running([open])).toEqual(new Set());
  });
});
