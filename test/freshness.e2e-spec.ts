import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import type { Category, Product } from '@larder/contracts';
import { query, until } from '../tools/services/index.js';
import { Client } from './support/http.js';
import { quiet } from './support/quiet.js';
import { startSystem, type Door, type System } from './support/system.js';

/** From the delivery of the event of a change by hand to the first read, in any process, that shows it. */
const RAW_SQL_VISIBLE_WITHIN_MS = 1_000;
/** From the answer to a change to the first read that shows it, through a catalog process that did not make it. */
const ELSEWHERE_WITHIN_MS = 1_000;

let system: System;
let second: Door;
let editor: Client;
let product: Product;

beforeAll(async () => {
  system = await startSystem();
  second = await system.addDoor();
  editor = await new Client(system.url).login(DEMO_ACCOUNTS[0]!);
  const category = await editor.post('/v1/categories', { name: 'Nuts', parentId: null });
  product = (
    await editor.post('/v1/products', {
      sku: 'ALM-250',
      name: 'Almonds',
      categoryId: (category.body as Category).id,
      priceMinor: 399,
      currency: 'EUR',
    })
  ).body as Product;
}, 120_000);

afterAll(() => system.stop());

const read = (door: Door): ReturnType<Client['get']> => door.client.get(`/v1/products/${product.id}`);

describe('A product page', () => {
  it('is a miss, then a hit, then fresh at the very next read, and within a second through another catalog process', async () => {
    expect((await read(system)).headers.get('cache-status')).toBe('larder-product; fwd=miss; stored');
    expect((await read(second)).headers.get('cache-status')).toBe('larder-product; hit');

    const { headers } = await read(second);
    const changed = await editor.ask('PATCH', `/v1/products/${product.id}`, {
      body: { priceMinor: 349 },
      headers: { 'if-match': headers.get('etag')! },
    });
    expect(changed.status).toBe(200);
    expect(((await read(system)).body as Product).priceMinor).toBe(349);
    await until('the other process shows the new price', ELSEWHERE_WITHIN_MS, async () => {
      expect(((await read(second)).body as Product).priceMinor).toBe(349);
    });
  });

  it('answers 304 to the tag it gave, and 200 once the product has changed', async () => {
    const etag = (await read(system)).headers.get('etag')!;
    const again = await system.client.get(`/v1/products/${product.id}`, { 'if-none-match': etag });
    expect([again.status, again.body]).toEqual([304, null]);
    await editor.ask('PATCH', `/v1/products/${product.id}`, {
      body: { priceMinor: 329 },
      headers: { 'if-match': etag },
    });
    const changed = await system.client.get(`/v1/products/${product.id}`, { 'if-none-match': etag });
    expect([changed.status, (changed.body as Product).priceMinor]).toEqual([200, 329]);
    await until('the other process answers 200', ELSEWHERE_WITHIN_MS, async () => {
      expect((await second.client.get(`/v1/products/${product.id}`, { 'if-none-match': etag })).status).toBe(200);
    });
  });

  it('shows a change made by SQL within a second of the delivery of its event', async () => {
    await quiet(system); // the event of an earlier change takes the product out of every process once more
    await read(second);
    expect((await read(second)).headers.get('cache-status')).toBe('larder-product; hit; detail=l1');
    await query(system.databaseUrl, `UPDATE products SET price_minor = 299 WHERE id = '${product.id}'`);
    await quiet(system);
    await until('both show the new price', RAW_SQL_VISIBLE_WITHIN_MS, async () => {
      for (const door of [system, second]) expect(((await read(door)).body as Product).priceMinor).toBe(299);
    });
  });
});

describe('The system', () => {
  it('goes on after the restart of any of its processes, whatever the others hold', async () => {
    for (const app of [system.auth, system.invalidator, system.catalog, system.gateway]) {
      await app.stop();
      await app.start();
    }
    await until('products are served', 5_000, async () => {
      expect((await read(system)).status).toBe(200);
    });
    await until('people can sign in', 5_000, async () => new Client(system.url).login(DEMO_ACCOUNTS[0]!));
  }, 60_000);
});
