import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import pg from 'pg';
import { connectRedis } from '@larder/cache';
import { DEMO_ACCOUNTS } from '../apps/auth/src/accounts/demo-accounts.js';
import { until } from '../tools/services/index.js';
import { Client, type Reply } from './support/http.js';
import { quiet } from './support/quiet.js';
import { fillShelf, type Shelf } from './support/shelf.js';
import { startSystem, type System } from './support/system.js';

const CUSTOMER = DEMO_ACCOUNTS[1]!;
const ADDS = 50;

interface Line {
  readonly productId: string;
  readonly quantity: number;
}

let system: System;
let redis: Redis;
let shelf: Shelf;

beforeAll(async () => {
  system = await startSystem();
  redis = connectRedis({ ...system.redis, commandTimeoutMs: 5_000 }, () => undefined);
  await redis.connect();
  shelf = await fillShelf(system.databaseUrl, 'Tea', ADDS);
  await quiet(system);
}, 120_000);

afterAll(async () => {
  redis.disconnect();
  await system.stop();
});

const visitor = (): Client => new Client(system.url);

const add = (client: Client, productId: string, quantity = 1): Promise<Reply> =>
  client.post('/v1/cart/items', { productId, quantity });

async function cartOf(client: Client): Promise<Line[]> {
  const { items } = (await client.get('/v1/cart')).body as { items: Line[] };
  return items.map(({ productId, quantity }) => ({ productId, quantity }));
}

const sorted = (lines: readonly Line[]): Line[] => [...lines].sort((a, b) => (a.productId < b.productId ? -1 : 1));

describe('a cart', () => {
  it('of three products survives sign-in, and is there on another device of the account', async () => {
    const client = visitor();
    const lines = shelf.productIds.slice(0, 3).map((productId, at) => ({ productId, quantity: at + 1 }));
    for (const { productId, quantity } of lines) await add(client, productId, quantity);
    expect(await cartOf(client)).toEqual(sorted(lines));

    await client.login(CUSTOMER);

    expect(await cartOf(client)).toEqual(sorted(lines));
    expect(await cartOf(await visitor().login(CUSTOMER))).toEqual(sorted(lines));
    expect((await client.ask('DELETE', '/v1/cart')).status).toBe(204);
  });

  it.each([
    ['different products', () => shelf.productIds],
    ['one product', () => Array.from({ length: ADDS }, () => shelf.productIds[0]!)],
  ])('keeps all of 50 parallel adds of %s, anonymous and signed in', async (_, productIds) => {
    for (const client of [visitor(), await visitor().login(CUSTOMER)]) {
      await add(client, shelf.productIds[0]!);
      const replies = await Promise.all(productIds().map((productId) => add(client, productId)));

      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
      const quantities = new Map([[shelf.productIds[0]!, 1]]);
      for (const id of productIds()) quantities.set(id, (quantities.get(id) ?? 0) + 1);
      const expected = [...quantities].map(([productId, quantity]) => ({ productId, quantity }));
      expect(await cartOf(client)).toEqual(sorted(expected));
      expect((await client.ask('DELETE', '/v1/cart')).status).toBe(204);
    }
  });
});

describe('a session', () => {
  const keys = async (): Promise<string[]> => (await redis.keys('auth_service:session:*')).sort();

  const slowly: [string, string, number, (client: Client) => Promise<Reply>][] = [
    [
      'a change of preferences',
      'auth.preferences',
      200,
      (client) => client.ask('PATCH', '/v1/preferences', { body: { theme: 'dark' }, headers: { 'if-match': '"1"' } }),
    ],
    [
      'a password given again',
      'auth.users',
      401, // it would have changed the session
      (client) => client.post('/v1/auth/reauthenticate', { password: CUSTOMER.password }),
    ],
  ];

  it.each(slowly)('is not brought back by %s that ends after logout', async (_, table, status, ask) => {
    const before = await keys();
    const client = await visitor().login(CUSTOMER);
    const browser = client.at(system.url); // goes on with the cookie that it has now
    const stale = client.at(system.url);
    expect(await keys()).toHaveLength(before.length + 1);
    const lock = new pg.Client({ connectionString: system.databaseUrl });
    await lock.connect();
    await lock.query(`BEGIN; LOCK TABLE ${table}`);

    const slow = ask(client);
    await until('the request waits for the table', 5_000, async () => {
      const waiting = await lock.query(`SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '${table}'::regclass`);
      expect(waiting.rows).toHaveLength(1);
    });
    const logout = browser.ask('POST', '/v1/auth/logout');
    await until('the session is over', 5_000, async () => {
      expect(await keys()).toEqual(before);
    });
    await lock.end(); // lets both requests go on

    expect((await logout).status).toBe(204);
    expect((await slow).status).toBe(status);
    expect((await stale.get('/v1/me')).status).toBe(401);
    expect((await client.get('/v1/me')).status).toBe(401);
    expect(await keys()).toEqual(before);
  });

  it('is not made for a cookie that nobody gave out', async () => {
    const before = await keys();
    const made = { cookie: `__Host-sid=${randomUUID()}` };
    expect((await visitor().get('/v1/me', made)).status).toBe(401);
    expect(await keys()).toEqual(before);
  });
});
