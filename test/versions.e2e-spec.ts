import type { Category, Product, ProductPage } from '@larder/contracts';
import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import { startRedis, TcpProxy, until, type Server } from '../tools/services/index.js';
import { Client, type Reply } from './support/http.js';
import { startSystem, type Door, type System } from './support/system.js';

const MOST_ROUNDS = 5;

let server: Server;
/** The second catalog's way to Redis, so that it can be kept from hearing of changes. */
let proxy: TcpProxy;
let system: System;
let second: Door;
let editor: Client;
/** The same browser at the second gateway. */
let elsewhere: Client;
let category: Category;

beforeAll(async () => {
  server = await startRedis();
  proxy = await TcpProxy.start(server);
  system = await startSystem({ redis: server });
  second = await system.addDoor({ catalog: { REDIS_PORT: String(proxy.port) } });
  editor = await new Client(system.url).login(DEMO_ACCOUNTS[0]!);
  elsewhere = editor.at(second.url);
  category = (await editor.post('/v1/categories', { name: 'Nuts', parentId: null })).body as Category;
}, 120_000);

afterAll(async () => {
  await system.stop();
  await proxy.stop();
  await server.stop();
});

const pathOf = ({ id }: Product): string => `/v1/products/${id}`;
const ifMatch = ({ version }: Product): { headers: Record<string, string> } => ({
  headers: { 'if-match': `"${version}"` },
});
const inList = ({ id }: Product): string => `/v1/products?ids=${id}`;
/** The prices that a product or a list shows; none of one that is not found. */
function pricesIn({ status, body }: Reply): number[] {
  if (status === 404) return [];
  const shown = body as Product | ProductPage;
  return ('items' in shown ? shown.items : [shown]).map(({ priceMinor }) => priceMinor);
}
const tokenOf = ({ headers }: Reply): Record<string, string> => ({ 'larder-version': headers.get('larder-version')! });

let added = 0;
async function add(): Promise<Product> {
  added += 1;
  const fields = {
    sku: `NUT-${added}`,
    name: `Nuts ${added}`,
    categoryId: category.id,
    priceMinor: 100,
    currency: 'EUR',
  };
  return (await editor.post('/v1/products', fields)).body as Product;
}

/** Makes the second catalog have the product itself, and deaf to what changes. */
async function deafen(product: Product): Promise<void> {
  await proxy.forward();
  await until('the second catalog has it itself', 10_000, async () => {
    const reply = await second.client.get(pathOf(product));
    return (
      (reply.body as Product).version === product.version && reply.headers.get('cache-status')?.endsWith('detail=l1')
    );
  });
  proxy.muteSubscribers();
}

/** How a client that knows of a change reads at the second door, given the answer that it knows it from. */
type Means = (path: string, answer: Reply, headers?: Record<string, string>) => Promise<Reply>;
const MEANS: readonly [string, Means][] = [
  ['its token', (path, answer, headers) => second.client.get(path, { ...headers, ...tokenOf(answer) })],
  ['the session that made it', (path, _, headers) => elsewhere.get(path, headers)],
];

/**
 * Plays `round` with a product that the second catalog has itself and will not hear of any more, until strangers were shown
 * the old one there: else nothing was put to the test.
 */
async function untilStrangersWereBehind(
  round: (product: Product, strangers: () => Promise<void>) => Promise<void>,
): Promise<void> {
  let behind = 0;
  for (let count = 1; behind === 0 && count <= MOST_ROUNDS; count += 1) {
    const product = await add();
    await deafen(product);
    await round(product, async () => {
      const { status, body } = await second.client.get(pathOf(product));
      if (status === 200 && (body as Product).version === product.version) behind += 1;
    });
  }
  expect(behind).toBe(1);
}

describe.each(MEANS)('through another gateway and another catalog, which have not heard of it, %s', (_, read) => {
  it('shows a change at once, by id and in a list, where strangers are still shown what was before', async () => {
    for (const path of [pathOf, inList]) {
      await untilStrangersWereBehind(async (product, strangers) => {
        const changed = await editor.ask('PATCH', pathOf(product), { ...ifMatch(product), body: { priceMinor: 7 } });
        await strangers();
        expect(pricesIn(await read(path(product), changed))).toEqual([7]);
      });
    }
  }, 60_000);

  it('makes the old tag no 304', async () => {
    await untilStrangersWereBehind(async (product, strangers) => {
      const changed = await editor.ask('PATCH', pathOf(product), { ...ifMatch(product), body: { priceMinor: 7 } });
      await strangers();
      const reply = await read(pathOf(product), changed, { 'if-none-match': `"${product.version}"` });
      expect([reply.status, pricesIn(reply)]).toEqual([200, [7]]);
    });
  }, 60_000);

  it('leaves a deleted product deleted', async () => {
    for (const path of [pathOf, inList]) {
      await untilStrangersWereBehind(async (product, strangers) => {
        const removed = await editor.ask('DELETE', pathOf(product), ifMatch(product));
        expect(removed.status).toBe(204);
        await strangers();
        expect(pricesIn(await read(path(product), removed))).toEqual([]);
      });
    }
  }, 60_000);
});

describe('the token of a read', () => {
  it('keeps time from going back at another door', async () => {
    await untilStrangersWereBehind(async (product, strangers) => {
      await editor.ask('PATCH', pathOf(product), { ...ifMatch(product), body: { priceMinor: 7 } });
      const first = await system.client.get(pathOf(product));
      await strangers();
      const next = await second.client.get(pathOf(product), tokenOf(first));
      expect([first, next].map(pricesIn)).toEqual([[7], [7]]);
    });
  }, 60_000);
});

describe('without the auth service', () => {
  it('public reads with a session go on', async () => {
    const product = await add();
    await system.auth.pause();
    try {
      for (let count = 1; count <= 10; count += 1) expect((await elsewhere.get(pathOf(product))).status).toBe(200);
    } finally {
      await system.auth.resume();
    }
  }, 30_000);
});
