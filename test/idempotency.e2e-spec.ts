import type { Category, Product, Stock } from '@larder/contracts';
import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import { freePort, query, TcpProxy, until } from '../tools/services/index.js';
import { Client, type Reply } from './support/http.js';
import { startSystem, type System } from './support/system.js';

let system: System;
/** The gateway's way to the catalog, so that answers can be lost on it. */
let proxy: TcpProxy;
let editor: Client;
let category: Category;

beforeAll(async () => {
  const port = await freePort();
  proxy = await TcpProxy.start({ host: '127.0.0.1', port });
  system = await startSystem({
    variables: { CATALOG_PORT: String(port) },
    variablesOf: { gateway: { CATALOG_ADDRESSES: `127.0.0.1:${proxy.port}` } },
  });
  editor = await new Client(system.url).login(DEMO_ACCOUNTS[0]!);
  category = (await editor.post('/v1/categories', { name: 'Nuts', parentId: null })).body as Category;
}, 120_000);

afterAll(async () => {
  await system.stop();
  await proxy.stop();
});

const fields = (sku: string) => ({ sku, name: sku, categoryId: category.id, priceMinor: 100, currency: 'EUR' });
const create = (sku: string, key: string): Promise<Reply> =>
  editor.ask('POST', '/v1/products', { body: fields(sku), headers: { 'idempotency-key': `"${key}"` } });
const madeOf = (sku: string) => query(system.databaseUrl, `SELECT id FROM public.products WHERE sku = '${sku}'`);
/** All of an answer that tells of the change; the rest is of the one request. */
const toldBy = ({ status, headers, body }: Reply) => ({
  status,
  body,
  etag: headers.get('etag'),
  location: headers.get('location'),
  version: headers.get('larder-version'),
  freshness: headers.get('larder-freshness'),
});

it('makes one product of twenty equal requests at once, and gives them all its answer', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => create('ALM-20', 'twenty')));
  const [first] = answers;
  const { id, version } = first?.body as Product;
  for (const answer of answers) {
    expect(toldBy(answer)).toEqual({
      status: 201,
      body: first?.body,
      etag: `"${version}"`,
      location: `/v1/products/${id}`,
      version: `product-${id}=${version}`,
      freshness: null,
    });
  }
  expect(await madeOf('ALM-20')).toEqual([{ id }]);
}, 30_000);

it('gives the answer that was lost on its way to who asks again', async () => {
  proxy.swallow('answers');
  expect((await create('LOST', 'lost')).status).toBe(503);
  await proxy.forward();
  const again = await create('LOST', 'lost');
  expect(again).toMatchObject({ status: 201, body: { sku: 'LOST' } });
  expect(await madeOf('LOST')).toEqual([{ id: (again.body as Product).id }]);
  expect(toldBy(await create('LOST', 'lost'))).toEqual(toldBy(again));
}, 30_000);

it('gives the answer that the catalog died with to who asks again', async () => {
  proxy.swallow('answers');
  const first = create('DEAD', 'dead');
  await until('the product is made', 5_000, async () => {
    expect(await madeOf('DEAD')).toHaveLength(1);
  });
  await system.catalog.kill();
  expect((await first).status).toBe(503);
  await system.catalog.start();
  await proxy.forward();
  let again = await create('DEAD', 'dead');
  await until('the gateway has found the catalog again', 10_000, async () => {
    again = await create('DEAD', 'dead');
    return again.status !== 503;
  });
  expect(again).toMatchObject({ status: 201, body: { sku: 'DEAD' } });
  const { id, version } = again.body as Product;
  expect(await madeOf('DEAD')).toEqual([{ id }]);
  expect((await editor.get(`/v1/products/${id}`)).body).toMatchObject({ id, version });
}, 60_000);

it('counts units once', async () => {
  const { id } = (await create('UNITS', 'units')).body as Product;
  const adjust = (): Promise<Reply> =>
    editor.ask('POST', `/v1/products/${id}/stock`, { body: { delta: 3 }, headers: { 'idempotency-key': 'three' } });
  expect(toldBy(await adjust())).toEqual(toldBy(await adjust()));
  expect(((await editor.get(`/v1/products/${id}/stock`)).body as Stock).quantity).toBe(3);
});

it('refuses a key of another request, and one that cannot be read', async () => {
  await create('ONE', 'one');
  expect(await create('TWO', 'one')).toMatchObject({ status: 422, body: { type: '/docs#idempotency-key-reused' } });
  const moved = await editor.ask('POST', '/v1/categories', {
    body: { name: 'One' },
    headers: { 'idempotency-key': 'one' },
  });
  expect(moved.status).toBe(422);
  expect(await madeOf('TWO')).toEqual([]);
  expect(await create('TWO', 'a b')).toMatchObject({
    status: 400,
    body: { errors: [{ in: 'header', field: 'Idempotency-Key' }] },
  });
});
