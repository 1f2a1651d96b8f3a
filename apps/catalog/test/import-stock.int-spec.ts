import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cache, MemoryStore } from '@larder/cache';
import { deferred } from '@larder/cache/testing';
import { Registry } from 'prom-client';
import { Announcer } from '../src/changes/announcer.js';
import { importCatalogue } from '../src/import/import-catalogue.js';
import type { ImportReport } from '../src/import/import-report.js';
import { Bell } from '../src/outbox/bell.js';
import { ProductReader } from '../src/products/product-reader.js';
import { StockService } from '../src/stock/stock-service.js';
import { certify, openCatalogue, type Catalogue } from './fixture.js';
import { GatedStore } from './gated-store.js';

const CALLER = { remainingMs: () => 60_000 };
const SKUS = ['A', 'B', 'C'] as const;

describe('the stock of an import', () => {
  let dir: string;
  let catalogue: Catalogue;
  let store: GatedStore;
  let cache: Cache;
  let stock: StockService;
  let ids: Record<string, string>;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'larder-import-stock-'));
  });
  afterAll(() => rm(dir, { recursive: true }));
  beforeEach(async () => {
    store = new GatedStore(new MemoryStore());
    cache = new Cache({ store, operationTimeoutMs: 2_000 });
    await certify(cache);
    catalogue = await openCatalogue(cache);
    const products = new ProductReader(cache, catalogue.products);
    stock = new StockService(cache, catalogue.stock, products, new Announcer(cache, new Bell(), new Registry()));
    expect(await load({ A: 10, B: 10, C: 10 })).toMatchObject({ inserted: 3, announced: true });
    const rows = await catalogue.sql<{ sku: string; id: string }>('SELECT sku, id FROM products');
    ids = Object.fromEntries(rows.map(({ sku, id }) => [sku, id]));
    store.placed = deferred<undefined>();
    expect([await read('A'), await read('A')]).toEqual([
      [10, 'miss'],
      [10, 'hit'],
    ]);
  });
  afterEach(async () => {
    await cache.close();
    await catalogue.close();
  });

  async function load(counts: Record<(typeof SKUS)[number], number>): Promise<ImportReport> {
    const file = join(dir, 'shop.jsonl');
    const row = (sku: (typeof SKUS)[number]) => ({ sku, name: sku, category: 'Food', price: 1, stock: counts[sku] });
    await writeFile(file, SKUS.map((sku) => JSON.stringify(row(sku))).join('\n'));
    const options = { file, databaseUrl: catalogue.url, map: {}, currency: 'EUR', skuPrefix: '', limit: null };
    return importCatalogue({ ...options, cache });
  }
  async function read(sku: (typeof SKUS)[number]): Promise<[number, string | undefined]> {
    const { data, cache: reports } = await stock.get(ids[sku]!, CALLER);
    return [data.quantity, reports[0]?.outcome];
  }

  it('is read from the database from before the commit of its batch until caches are told', async () => {
    const gate = deferred<undefined>();
    store.gate = gate.promise;
    store.fail('refuse', { only: ['invalidate'], times: 1 });
    const loading = load({ A: 7, B: 8, C: 10 });
    await store.placed.promise;
    expect(await read('A')).toEqual([10, 'bypass']);
    expect(store.count('intend')).toBe(2); // one round trip an import
    gate.resolve(undefined);
    expect(await loading).toMatchObject({ updated: 0, announced: false });
    expect(await read('A')).toEqual([7, expect.stringMatching(/^(bypass|miss)$/)]);
  });

  it('is told to caches with the commit, so that it is cached again at once', async () => {
    expect(await load({ A: 7, B: 8, C: 10 })).toMatchObject({ announced: true });
    expect([await read('A'), await read('A'), await read('B')]).toEqual([
      [7, 'miss'],
      [7, 'hit'],
      [8, 'miss'],
    ]);
  });

  it('is not changed, nor anything of its batch, when caches cannot be told beforehand', async () => {
    store.fail('refuse', { only: ['intend'] });
    await catalogue.sql(`UPDATE products SET name = 'Other'`);
    await expect(load({ A: 7, B: 8, C: 10 })).rejects.toMatchObject({
      name: 'ImportError',
      message: expect.stringContaining('Lines 1 to 3 are not written') as string,
    });
    expect(await read('A')).toEqual([10, expect.anything()]);
    expect(await catalogue.sql('SELECT DISTINCT name FROM products')).toEqual([{ name: 'Other' }]);
  });

  it('is changed without a cache too, of which the report tells', async () => {
    const file = join(dir, 'shop.jsonl');
    await writeFile(file, JSON.stringify({ sku: 'A', name: 'A', category: 'Food', price: 1, stock: 7 }));
    const options = { file, databaseUrl: catalogue.url, map: {}, currency: 'EUR', skuPrefix: '', limit: null };
    expect(await importCatalogue({ ...options, cache: null })).toMatchObject({ announced: false });
    expect((await catalogue.stock.find(ids['A']!))?.quantity).toBe(7);
  });
});
