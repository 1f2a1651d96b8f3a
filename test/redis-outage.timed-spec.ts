import { setTimeout as sleep } from 'node:timers/promises';
import type { Product, ProductPage } from '@larder/contracts';
import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import { query, startRedis, until, type Server } from '../tools/services/index.js';
import { figures } from './support/figures.js';
import { Client, type Reply } from './support/http.js';
import { quiet } from './support/quiet.js';
import { apart, percentile, Readers } from './support/readers.js';
import { fillShelf, type Shelf } from './support/shelf.js';
import { startSystem, type Door, type System } from './support/system.js';

const READ_MAY_TAKE_MORE_MS = 150;
/** So many reads of each reader may find out that Redis is away, each after 100 ms or, a list, 125 ms. */
const FIRST_READS = 3;
const REFUSED_WITHIN_MS = 300;
const FRESH_WITHIN_MS = 1_000;
const OUTAGE_MS = 2_000;
const PAUSE_MS = 15;

let data: Server;
let sessions: Server;
let system: System;
let second: Door;
let editor: Client;
let shelf: Shelf;

beforeAll(async () => {
  [data, sessions] = await Promise.all([startRedis({ persistent: true }), startRedis({ persistent: true })]);
  system = await startSystem({ redis: data, variablesOf: { auth: { REDIS_PORT: String(sessions.port) } } });
  second = await system.addDoor();
  editor = await new Client(system.url).login(DEMO_ACCOUNTS[0]!);
  shelf = await fillShelf(system.databaseUrl, 'Rice', 100);
  await quiet(system);
}, 120_000);

afterAll(async () => {
  await system.stop();
  await Promise.all([data.stop(), sessions.stop()]);
});

const pageOf = (id: string): string => `/v1/products/${id}`;
const listPath = (limit = 20): string => `/v1/products?category=${shelf.categoryId}&limit=${limit}`;
const doors = (): Client[] => [system.client, second.client];

/** As many different lists as products, and none of them twice. */
const everyPath = (): string[] => shelf.productIds.flatMap((id, at) => [pageOf(id), listPath(at + 1)]);

/** Two people at each door. */
const browsers = (): Readers => new Readers([...doors(), ...doors()], PAUSE_MS);

const priceShown = (id: string, { body }: Reply): number | undefined => {
  const products = 'items' in (body as object) ? (body as ProductPage).items : [body as Product];
  return products.find((product) => product.id === id)?.priceMinor;
};

async function changeByEditor(id: string, priceMinor: number): Promise<void> {
  const { headers } = await editor.get(pageOf(id));
  const asked = { body: { priceMinor }, headers: { 'if-match': headers.get('etag')! } };
  const { status, headers: answered } = await editor.ask('PATCH', pageOf(id), asked);
  expect([status, answered.get('larder-freshness')]).toEqual([200, 'pending']);
}

const changeBySql = (id: string, priceMinor: number): Promise<unknown> =>
  query(system.databaseUrl, `UPDATE products SET price_minor = ${priceMinor} WHERE id = '${id}'`);

const faults: [string, () => Promise<void>, () => Promise<void>][] = [
  ['killed, and back with its data', () => data.kill(), () => data.restart()],
  ['killed, and back empty', () => data.kill(), () => data.restart({ empty: true })],
  ['stopped, and let go on', () => data.pause(), () => data.resume()],
];

describe.each(faults)("with the cache's Redis %s", (_, strike, mend) => {
  it('reads take no longer than from the database, and changes are shown a second after it is back', async () => {
    await data.restart({ empty: true });
    const fromDatabase = await browsers().readEach(everyPath());
    const [byEditor, bySql] = shelf.productIds as [string, string];
    const changed = [pageOf(byEditor), pageOf(bySql), listPath()];
    for (const path of changed) for (const client of doors()) await client.get(path);

    const browsing = browsers().keepReading(everyPath());
    const struckMs = performance.now();
    await strike();
    await sleep(OUTAGE_MS / 2);
    const price = 1_000 + Math.floor(performance.now());
    await changeByEditor(byEditor, price);
    await changeBySql(bySql, price);
    const isOld = (reply: Reply): boolean => [byEditor, bySql].some((id) => (priceShown(id, reply) ?? price) !== price);
    for (const path of changed) for (const client of doors()) expect(isOld(await client.get(path))).toBe(false);
    await sleep(OUTAGE_MS / 2);
    const inOutage = await browsing.stop();
    const waiting = new Readers(doors(), 0).keepReading(changed);
    await mend();
    const backMs = performance.now();
    await sleep(FRESH_WITHIN_MS + 700);
    const afterwards = await waiting.stop();

    const { first, later } = apart(inOutage, struckMs, FIRST_READS);
    const old = afterwards.filter(isOld).map(({ beganMs }) => beganMs - backMs);
    figures('reads in ms', {
      'database p99': percentile(fromDatabase, 0.99),
      'first reads p75': percentile(first, 0.75),
      'outage p99': percentile(later, 0.99),
      'outage longest': percentile(inOutage, 1),
      'last old price after the return': Math.max(0, ...old),
    });
    expect(new Set([...inOutage, ...afterwards].map(({ status }) => status))).toEqual(new Set([200]));
    const limitMs = percentile(fromDatabase, 0.99) + READ_MAY_TAKE_MORE_MS;
    expect(percentile(first, 0.75)).toBeLessThan(limitMs);
    expect(percentile(later, 0.99)).toBeLessThan(limitMs);
    expect(old.filter((ms) => ms > FRESH_WITHIN_MS)).toEqual([]);
    expect(afterwards.at(-1)?.headers.get('cache-status')).toContain('hit');
  });
});

describe.each([
  ['killed', () => sessions.kill(), () => sessions.restart()],
  ['stopped', () => sessions.pause(), () => sessions.resume()],
] as const)("with the sessions' Redis %s", (_, strike, mend) => {
  it('what needs a session is refused at once, and nothing else is; sessions outlast it', async () => {
    const { email, password } = DEMO_ACCOUNTS[1]!;
    const [id] = shelf.productIds;
    const line = { productId: id!, quantity: 1 };
    expect((await editor.post('/v1/cart/items', line)).status).toBe(200);
    await strike();
    const refusals: Reply[][] = [];
    for (let round = 0; round < 10; round += 1) {
      const refused = await Promise.all([
        editor.get('/v1/me'),
        editor.get('/v1/cart'),
        editor.get('/v1/sessions'),
        editor.post('/v1/cart/items', line),
        new Client(second.url).post('/v1/cart/items', line),
        new Client(second.url).post('/v1/auth/login', { email, password }),
      ]);
      expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 503));
      for (const { headers } of refused) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      refusals.push(refused);
      expect((await second.client.get(pageOf(id!))).headers.get('cache-status')).toContain('hit');
      expect((await editor.get(listPath())).status).toBe(200);
      expect((await second.client.get('/v1/cart')).body).toEqual({ items: [] });
    }
    const ofRoutes = refusals[0]!.map((_reply, route) => refusals.map((round) => round[route]!));
    const middle = ofRoutes.map((replies) => percentile(replies, 0.5));
    figures('refusals in ms', { p50: Math.max(...middle), longest: percentile(refusals.flat(), 1) });
    for (const ms of middle) expect(ms).toBeLessThan(REFUSED_WITHIN_MS);
    await mend();
    await until('the session is back', 2_000, async () => {
      expect((await editor.get('/v1/me')).status).toBe(200);
    });
    expect((await editor.get('/v1/cart')).body).toMatchObject({ items: [{ productId: id }] });
  });
});
