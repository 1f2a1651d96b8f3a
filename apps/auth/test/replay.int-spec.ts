import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { MemorySessionRecords, type CartWrite, type SessionRecords } from '@larder/cache/session';
import { auth } from '@larder/contracts';
import { borrowDatabase, query, type Borrowed } from '../../../tools/services/index.js';
import { startUnderTest, type AuthUnderTest } from './auth-under-test.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Records that let a test act when a cart is about to be written. */
class WatchedRecords extends MemorySessionRecords {
  beforeWrite: (() => Promise<unknown>) | null = null;

  override async writeCart(...args: Parameters<SessionRecords['writeCart']>): Promise<CartWrite> {
    await this.beforeWrite?.();
    return super.writeCart(...args);
  }
}

let database: Borrowed;
let service: AuthUnderTest;
let now = Date.now();
const sessions = new WatchedRecords(() => now);

beforeAll(async () => {
  database = await borrowDatabase();
  service = await startUnderTest({ DATABASE_URL: database.url }, { sessions });
});

afterEach(() => {
  sessions.beforeWrite = null;
  jest.restoreAllMocks();
});

afterAll(async () => {
  await service.close();
  await database.release();
});

const principalOf = async (secret: string) => (await service.call(auth.validate, { secret })).principal;

it('serves a renewed secret in three tabs for 30 seconds; after that it ends the session for both, and that is logged', async () => {
  const secret = await service.login(await service.register());
  const principal = await principalOf(secret);
  now += 15 * MINUTE;
  const tabs = () => Promise.all([1, 2, 3].map(() => service.call(auth.me, { secret })));
  const fresh = (await tabs()).flatMap(({ cookie }) => cookie?.secret ?? []);
  expect(fresh).toHaveLength(1);
  now += 29 * SECOND;
  for (const { account, cookie } of await tabs())
    expect([account.id, cookie]).toEqual([principal?.accountId, undefined]);
  expect(await principalOf(fresh[0]!)).toEqual(principal);

  const logged = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  now += SECOND;
  expect(await principalOf(secret)).toBeNull();
  expect(await principalOf(fresh[0]!)).toBeNull();
  const { sessionId, accountId } = principal!;
  expect(logged.mock.calls).toEqual([
    [{ message: 'a replaced secret came back: the session is ended', sessionId, accountId }],
  ]);
});

it('notes a replaced secret at a sign-in too, and replaces nothing with it', async () => {
  const email = await service.register();
  const secret = await service.login(email);
  now += 15 * MINUTE;
  await service.call(auth.me, { secret });
  now += MINUTE;
  const logged = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const after = await service.login(email, { secret });
  expect(logged.mock.calls).toHaveLength(1);
  const { items } = await service.call(auth.listSessions, { secret: after });
  expect(items).toHaveLength(1);
});

it('raises the generation, so that no failover brings the session back, and spares the others of the account', async () => {
  const email = await service.register();
  const generation = async () => {
    const rows = await query(database.url, `SELECT session_generation AS n FROM auth.users WHERE email = '${email}'`);
    return Number(rows[0]?.['n']);
  };
  const [other, secret] = [await service.login(email), await service.login(email)];
  const before = await generation();
  now += 15 * MINUTE;
  await service.call(auth.me, { secret });
  now += MINUTE;
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  expect(await principalOf(secret)).toBeNull();
  expect(await generation()).toBe(before + 1);
  now += MINUTE; // the next check compares generations
  expect(await principalOf(other)).not.toBeNull();
});

it('notes one that comes to light when a call is about to renew its secret', async () => {
  const secret = await service.login(await service.register());
  now += 15 * MINUTE;
  sessions.beforeWrite = async () => {
    await service.call(auth.me, { secret }); // renews it
    now += MINUTE;
  };
  const logged = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const line = { productId: randomUUID(), quantity: 1 };
  expect((await service.call(auth.addToCart, { secret, ...line })).cookie).toBeUndefined();
  expect(logged.mock.calls).toEqual([
    [expect.objectContaining({ message: 'a replaced secret came back: the session is ended' })],
  ]);
  expect(await principalOf(secret)).toBeNull();
});
