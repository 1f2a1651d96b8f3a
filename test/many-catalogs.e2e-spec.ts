import pg from 'pg';
import { catalog, type Product, type ProductPage, type ProductSort } from '@larder/contracts';
import { RpcClient } from '@larder/platform';
import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import { until } from '../tools/services/index.js';
import { Client } from './support/http.js';
import { metric } from './support/metrics.js';
import { quiet } from './support/quiet.js';
import { fillShelf, type Shelf } from './support/shelf.js';
import { startSystem, type CatalogProcess, type Door, type System } from './support/system.js';

const KEY = 'a key between gateway and catalog that is long enough';
const CALLERS_PER_CATALOG = 250;
/** From the answer to a change to the first read of the product that shows it, through a catalog process that did not make it. */
const ELSEWHERE_WITHIN_MS = 1_000;

let system: System;
let second: Door;
let catalogs: CatalogProcess[];
let editor: Client;
let fruit: Shelf;
let nuts: Shelf;

beforeAll(async () => {
  system = await startSystem({ variables: { SERVICE_KEY_GATEWAY_CATALOG: KEY } });
  const [door, third, fourth] = await Promise.all([system.addDoor(), system.addCatalog(), system.addCatalog()]);
  second = door;
  catalogs = [system, second, third, fourth];
  editor = await new Client(system.url).login(DEMO_ACCOUNTS[0]!);
  fruit = await fillShelf(system.databaseUrl, 'Fruit', 5);
  nuts = await fillShelf(system.databaseUrl, 'Nuts', 5);
  await quiet(system);
}, 120_000);

afterAll(() => system.stop());

async function change(id: string, body: Partial<Product>): Promise<void> {
  const { headers } = await editor.get(`/v1/products/${id}`);
  const changed = await editor.ask('PATCH', `/v1/products/${id}`, {
    body,
    headers: { 'if-match': headers.get('etag')! },
  });
  expect(changed.status).toBe(200);
}

interface Listed {
  readonly items: Product[];
  /** What Cache-Status says of the list itself. */
  readonly list: string;
}

async function list(door: Door, sort: ProductSort, category?: string): Promise<Listed> {
  const { body, headers } = await door.client.get(
    `/v1/products?sort=${sort}${category === undefined ? '' : `&category=${category}`}`,
  );
  const [member = ''] = (headers.get('cache-status') ?? '').split(', ');
  return { items: (body as ProductPage).items, list: member };
}

const priceOf = (id: string, items: Product[]): number | undefined => items.find((item) => item.id === id)?.priceMinor;

const HIT = 'larder-list; hit';
const MISS = 'larder-list; fwd=miss; stored';
const afterPriceChange = (sort: ProductSort): string => (sort.endsWith('price') ? MISS : HIT);
const SORTS: ProductSort[] = ['name', '-name', 'newest', 'price', '-price'];

describe('lists in two catalog processes', () => {
  it('keep their entries over a price change, unless they are ordered by price, and show the new price within a second', async () => {
    const everywhere = [undefined, fruit.categoryId, nuts.categoryId].flatMap((place) =>
      SORTS.map((sort) => [sort, place] as const),
    );
    for (const [sort, place] of everywhere) await list(system, sort, place);
    for (const [sort, place] of everywhere) expect((await list(second, sort, place)).list).toBe(HIT);

    const [, id] = fruit.productIds;
    await change(id!, { priceMinor: 999 });
    await until('the other process shows the new price', ELSEWHERE_WITHIN_MS, async () => {
      expect(((await second.client.get(`/v1/products/${id!}`)).body as Product).priceMinor).toBe(999);
    });

    for (const [sort, place] of everywhere) {
      const { items, list: member } = await list(second, sort, place);
      const price = priceOf(id!, items);
      const elsewhere = place === nuts.categoryId;
      expect([sort, place, price]).toEqual([sort, place, elsewhere ? undefined : 999]);
      expect([sort, place, member]).toEqual([sort, place, elsewhere ? HIT : afterPriceChange(sort)]);
    }
    expect((await list(second, 'price', fruit.categoryId)).items.at(-1)?.id).toBe(id);
    expect((await list(second, '-price')).items[0]?.id).toBe(id);
  });

  it('show a product that moves in its new category, and not in its old one, at once', async () => {
    const members = async (door: Door, { categoryId }: Shelf): Promise<string[]> =>
      (await list(door, 'name', categoryId)).items.map(({ id }) => id);
    const [id, ...others] = fruit.productIds;
    for (const door of [system, second]) {
      expect(await members(door, fruit)).toEqual(fruit.productIds);
      expect(await members(door, nuts)).toEqual(nuts.productIds);
    }

    await change(id!, { categoryId: nuts.categoryId });

    for (const door of [second, system]) {
      expect(await members(door, fruit)).toEqual(others);
      expect(await members(door, nuts)).toEqual([id, ...nuts.productIds]);
    }
  });
});

describe('a cold product', () => {
  const loads = async (): Promise<number> => {
    const name = 'larder_cache_load_duration_seconds_count';
    const counts = catalogs.map((each) => metric(each.catalogOperations, name, 'space="catalog_service:product"'));
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  };

  it('is loaded once for 1,000 callers in four catalog processes', async () => {
    const clients = catalogs.map(
      ({ catalogPort: port }) =>
        new RpcClient({ service: 'gateway', upstream: 'catalog', addresses: [{ host: '127.0.0.1', port }], key: KEY }),
    );
    const read = async (client: RpcClient, id: string): Promise<string> => {
      const call = { requestId: 'test', principal: null, deadlineMs: Date.now() + 10_000 };
      return (await client.call(catalog.getProduct, { id }, call)).data.name;
    };
    const [warm, cold] = (await fillShelf(system.databaseUrl, 'Ice', 2)).productIds;
    await quiet(system);
    for (const client of clients) await read(client, warm!);
    const before = await loads();

    const lock = new pg.Client({ connectionString: system.databaseUrl });
    await lock.connect();
    await lock.query('BEGIN; LOCK TABLE public.products');
    const callers = clients.flatMap((client) => Array.from({ length: CALLERS_PER_CATALOG }, () => read(client, cold!)));
    // No longer than that: after half a second of waiting for another process, a catalog loads by itself.
    await until('the load waits for the table', 10_000, async () => {
      const waiting = `SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'public.products'::regclass`;
      return (await lock.query(waiting)).rowCount !== 0;
    });
    await lock.query('COMMIT');
    const names = await Promise.all(callers);

    await lock.end();
    for (const client of clients) client.close();
    expect(new Set(names)).toEqual(new Set(['Ice 0002']));
    expect(await loads()).toBe(before + 1);
  });
});
