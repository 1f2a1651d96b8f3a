import { Cache, connectRedis, MemoryStore, RedisStore, type Store } from '@larder/cache';
import { productSpace, type Category, type MinVersions, type Product } from '@larder/contracts';
import pg from 'pg';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { borrowDatabase, startRedis, type Server } from '../../../tools/services/index.js';
import type { Waiting } from '../src/caching/patience.js';
import { CategoryReader } from '../src/categories/category-reader.js';
import { TypeOrmCategoryRepository } from '../src/categories/typeorm-category-repository.js';
import { Announcer } from '../src/changes/announcer.js';
import type { Committed } from '../src/changes/committed.js';
import { Commits } from '../src/database/commits.js';
import { dataSourceOptions } from '../src/database/data-source-options.js';
import { migrate } from '../src/database/migrate.js';
import { Bell } from '../src/outbox/bell.js';
import { ProductLists } from '../src/products/product-lists.js';
import { ProductReader } from '../src/products/product-reader.js';
import { TypeOrmProductRepository } from '../src/products/typeorm-product-repository.js';
import { ProductSearch } from '../src/search/product-search.js';
import { TypeOrmProductIndex } from '../src/search/typeorm-product-index.js';
import { TypeOrmStockRepository } from '../src/stock/typeorm-stock-repository.js';

export const UNTRACED = { traceparent: undefined };

/** A migrated database of its own, and everything of the catalog that works on it without Nest. */
export interface Catalogue {
  readonly url: string;
  /** Plain SQL, as somebody at a psql prompt would send it, on a connection of its own. */
  readonly sql: <Row extends object>(text: string, values?: unknown[]) => Promise<Row[]>;
  readonly dataSource: DataSource;
  readonly commits: Commits;
  readonly products: TypeOrmProductRepository;
  readonly categories: TypeOrmCategoryRepository;
  readonly stock: TypeOrmStockRepository;
  readonly index: TypeOrmProductIndex;
  close(): Promise<void>;
}

/** `cache`: where the intents of strict writes are placed. */
export async function openCatalogue(cache = new Cache({ store: new MemoryStore() })): Promise<Catalogue> {
  const database = await borrowDatabase();
  await migrate(database.url);
  const dataSource = new DataSource(dataSourceOptions({ url: database.url, statementTimeoutMs: 10_000, poolSize: 10 }));
  await dataSource.initialize();
  const commits = new Commits(dataSource, cache);
  const client = new pg.Client({ connectionString: database.url });
  client.on('error', () => undefined);
  await client.connect();
  return {
    url: database.url,
    sql: async <Row extends object>(text: string, values: unknown[] = []) =>
      (await client.query<Row>(text, values)).rows,
    dataSource,
    commits,
    products: new TypeOrmProductRepository(dataSource, commits),
    categories: new TypeOrmCategoryRepository(dataSource, commits),
    stock: new TypeOrmStockRepository(dataSource, commits),
    index: new TypeOrmProductIndex(dataSource),
    close: async () => {
      await dataSource.destroy();
      await client.end();
      await database.release();
    },
  };
}

/** A reader's method without the caller: what is read, and what its caller has seen. */
type ForAnyone<Method> = Method extends (what: infer What, caller: Waiting, seen?: infer Seen) => infer Result
  ? (what: What, seen?: Seen) => Result
  : never;

/** The cached reads of one catalog process, on behalf of somebody who waits as long as they take. */
export interface Reads {
  readonly cache: Cache;
  readonly products: {
    readonly get: ForAnyone<ProductReader['get']>;
    readonly getMany: ForAnyone<ProductReader['getMany']>;
  };
  readonly lists: { readonly list: ForAnyone<ProductLists['list']> };
  readonly search: { readonly search: ForAnyone<ProductSearch['search']> };
  readonly categories: {
    readonly get: ForAnyone<CategoryReader['get']>;
    readonly tree: (seen?: MinVersions) => ReturnType<CategoryReader['tree']>;
  };
  readonly announce: <Result>(committed: Committed<Result>) => Promise<Result>;
}

export function openReads(catalogue: Catalogue, store: Store = new MemoryStore()): Reads {
  // The tests are about what is read and stored, not about how soon a store counts as failing on a busy machine.
  const cache = new Cache({ store, operationTimeoutMs: 2_000 });
  void certify(cache);
  const products = new ProductReader(cache, catalogue.products);
  const announcer = new Announcer(cache, new Bell(), new Registry());
  const lists = new ProductLists(cache, catalogue.products, products);
  const search = new ProductSearch(cache, catalogue.index, products);
  const categories = new CategoryReader(cache, catalogue.categories);
  const caller: Waiting = { remainingMs: () => Infinity };
  return {
    cache,
    products: {
      get: (id, seen) => products.get(id, caller, seen),
      getMany: (ids, seen) => products.getMany(ids, caller, seen),
    },
    lists: { list: (query, seen) => lists.list(query, caller, seen) },
    search: { search: (query, seen) => search.search(query, caller, seen) },
    categories: { get: (id, seen) => categories.get(id, caller, seen), tree: (seen) => categories.tree(caller, seen) },
    announce: async (committed) => (await announcer.announce(committed)).data,
  };
}

/** What tests run on that are to pass on every store. `make` gives a store; those in Redis share its entries. */
export interface Stores {
  readonly make: () => Store;
  readonly stop: () => Promise<void>;
}

export async function openStores(kind: 'memory' | 'Redis'): Promise<Stores> {
  if (kind === 'memory') return { make: () => new MemoryStore(), stop: () => Promise.resolve() };
  const server = await startRedis();
  const client = connectRedis({ host: server.host, port: server.port, commandTimeoutMs: 2_000 }, () => undefined);
  await client.connect();
  const stop = async (): Promise<void> => {
    client.disconnect();
    await server.stop();
  };
  return { make: () => new RedisStore(client), stop };
}

/** Lets a cache serve what is bounded, although nobody applies the catalog's chain to its store. */
export async function certify(cache: Cache): Promise<void> {
  await cache.restartChain(productSpace.service, 0, []);
  await beat(cache);
}

async function beat(cache: Cache): Promise<void> {
  const asOfMs = Date.now() + 3_600_000;
  await cache.applyBatch(productSpace.service, { after: 0, upTo: 0, asOfMs, entries: [], tags: [] });
}

/** The same on Redis, and heard by every process, until the answer is called: in place of relay and invalidator. */
export async function keepCertified(server: Server): Promise<() => Promise<void>> {
  const client = connectRedis({ host: server.host, port: server.port }, () => undefined);
  await client.connect();
  const cache = new Cache({ store: new RedisStore(client) });
  await certify(cache);
  const timer = setInterval(() => void beat(cache).catch(() => undefined), 100);
  return async () => {
    clearInterval(timer);
    await cache.close();
    client.disconnect();
  };
}

let numbered = 0;

export async function addCategory(
  catalogue: Catalogue,
  parentId: string | null = null,
  name?: string,
): Promise<Category> {
  numbered += 1;
  const category = { parentId, name: name ?? `Category ${numbered}` };
  return (await catalogue.categories.create(category, UNTRACED)).result;
}

export async function addProduct(
  catalogue: Catalogue,
  categoryId: string,
  fields: Partial<Product> = {},
): Promise<Product> {
  numbered += 1;
  const product = {
    sku: fields.sku ?? `SKU-${numbered}`,
    name: fields.name ?? `Product ${numbered}`,
    brand: fields.brand ?? null,
    description: fields.description ?? '',
    categoryId,
    priceMinor: fields.priceMinor ?? 100 + numbered,
    currency: 'EUR',
    rating: fields.rating ?? null,
  };
  return (await catalogue.products.create(product, UNTRACED)).result;
}
