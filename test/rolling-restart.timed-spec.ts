import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import { freePort, until, type ServerProcess } from '../tools/services/index.js';
import { Balancer, type Backend } from './support/balancer.js';
import { figures } from './support/figures.js';
import { Client } from './support/http.js';
import { fillShelf, type Shelf } from './support/shelf.js';
import { Shoppers, type ShoppersOptions } from './support/shoppers.js';
import { startSystem, type Door, type System } from './support/system.js';

const PER_SECOND = 200;
const PRODUCTS = 11;

let system: System;
let second: Door;
let secondAuth: ServerProcess;
let backends: readonly [Backend, Backend];
let shelf: Shelf;

beforeAll(async () => {
  const [auths, catalogs] = [await ports(), await ports()];
  const [operations, ...others] = await Promise.all([freePort(), freePort(), freePort()]);
  const gateway = {
    AUTH_ADDRESSES: auths.map(local).join(),
    CATALOG_ADDRESSES: catalogs.map(local).join(),
    SHUTDOWN_DELAY_MS: '500',
    REQUEST_TIMEOUT_MS: '10000', // a busy machine is no failure
  };
  const [AUTH_PORT, CATALOG_PORT] = [String(auths[0]), String(catalogs[0])];
  system = await startSystem({ variables: { AUTH_PORT, CATALOG_PORT }, variablesOf: { gateway } });
  secondAuth = await system.addAuth({ auth: { PORT: String(auths[1]), OPS_PORT: String(others[0]) } });
  second = await system.addDoor({
    gateway: { ...gateway, OPS_PORT: String(operations) },
    catalog: { PORT: String(catalogs[1]), OPS_PORT: String(others[1]) },
  });
  backends = [
    { url: system.url, operations: system.operations.gateway },
    { url: second.url, operations: `http://${local(operations)}` },
  ];
  shelf = await fillShelf(system.databaseUrl, 'Rolling', PRODUCTS);
}, 120_000);

afterAll(() => system.stop());

const local = (port: number): string => `127.0.0.1:${port}`;

async function ports(): Promise<[number, number]> {
  return [await freePort(), await freePort()];
}

/** Stops a process, starts it again, and waits until it is called as before. */
async function restart(process: ServerProcess): Promise<void> {
  await process.stop();
  await process.start();
  for (const { operations } of backends) {
    await until('all is well', 20_000, async () => {
      expect(await (await fetch(`${operations}/readyz`)).json()).toMatchObject({ status: 'up' });
    });
  }
}

/** What comes of PER_SECOND requests a second, while `action` lasts. */
async function shopDuring(who: Pick<ShoppersOptions, 'customer' | 'editor'>, action: () => Promise<void>) {
  const balancer = new Balancer(backends);
  const shoppers = new Shoppers({ ...who, perSecond: PER_SECOND, shelf, next: () => balancer.next() });
  const startedMs = performance.now();
  try {
    await action();
    const seconds = (performance.now() - startedMs) / 1_000;
    return { seconds, shopped: await shoppers.stop() };
  } finally {
    await shoppers.stop();
    balancer.stop();
  }
}

it('fails no request and loses no write when gateway, auth and catalog are restarted, one process of two each', async () => {
  const [editor, customer] = [
    await new Client(system.url).login(DEMO_ACCOUNTS[0]!),
    await new Client(system.url).login(DEMO_ACCOUNTS[1]!),
  ];
  const { seconds, shopped } = await shopDuring({ customer, editor }, async () => {
    for (const process of [system.gateway, secondAuth, system.catalog]) await restart(process);
  });
  const { sent, failures, added, stocked } = shopped;

  figures('a rolling restart', { seconds, sent, failed: failures.length });
  expect(failures).toEqual([]);
  expect(sent / seconds).toBeGreaterThan(PER_SECOND / 2); // the whole pace, where the machine can keep it
  const cart = (await customer.get('/v1/cart')).body as { items: { quantity: number }[] };
  expect(cart.items.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(added);
  const stocks = shelf.productIds.map(async (id) => (await editor.get(`/v1/products/${id}/stock`)).body);
  const quantities = ((await Promise.all(stocks)) as { quantity: number }[]).map(({ quantity }) => quantity);
  expect(quantities.reduce((sum, quantity) => sum + quantity, 0)).toBe(stocked);
}, 180_000);
