import { Redis } from 'ioredis';
import { auth } from '@larder/contracts';
import { RemoteError } from '@larder/platform';
import { borrowDatabase, startRedis, until, type Borrowed, type Server } from '../../../tools/services/index.js';
import { PASSWORD, startUnderTest, type AuthUnderTest } from './auth-under-test.js';

const MINUTE = 60_000;

let database: Borrowed;
let server: Server;
let redis: Redis;
let service: AuthUnderTest;

beforeAll(async () => {
  [database, server] = await Promise.all([borrowDatabase(), startRedis()]);
  redis = new Redis(server.port, server.host);
  redis.on('error', () => undefined); // it is restarted
  const variables = { DATABASE_URL: database.url, REDIS_HOST: server.host, REDIS_PORT: String(server.port) };
  service = await startUnderTest(variables, {});
});

afterAll(async () => {
  redis.disconnect();
  await service.close();
  await server.stop();
  await database.release();
});

const principalOf = async (secret: string) => (await service.call(auth.validate, { secret })).principal;

/** What `ask` answers once Redis does so in time, whatever that is. */
async function unlessSlow<Result>(ask: () => Promise<Result>): Promise<Result | string> {
  let answer: Result | string = 'UNAVAILABLE';
  await until('Redis answers in time', 5_000, async () => {
    answer = await ask().catch((error: unknown) => (error instanceof RemoteError ? error.code : String(error)));
    return answer !== 'UNAVAILABLE';
  });
  return answer;
}

/** Writes the snapshot that a restart loads, as it would be a minute later. */
async function snapshot(): Promise<void> {
  for (const key of await redis.keys('auth_service:session:*')) await redis.hincrby(key, 'verified', -MINUTE);
  await redis.save();
}

it('keeps refusing what was revoked after the snapshot that Redis was restored from', async () => {
  const emails = [await service.register(), await service.register(), await service.register()] as const;
  const signedOut = await service.login(await service.register());
  const [one, all, changed] = [
    [await service.login(emails[0]), await service.login(emails[0])],
    [await service.login(emails[1]), await service.login(emails[1])],
    [await service.login(emails[2]), await service.login(emails[2])],
  ] as const;
  const untouched = await service.login(await service.register());
  await snapshot();

  const id = (await principalOf(one[1]))?.sessionId ?? '';
  await service.call(auth.revokeSession, { secret: one[0], id });
  await service.call(auth.revokeSessions, { secret: all[0], includeCurrent: true });
  const newPassword = 'the-orchard-is-far-away';
  await service.call(auth.changePassword, { secret: changed[0], currentPassword: PASSWORD, newPassword });
  await service.call(auth.logout, { secret: signedOut });
  const revoked = [one[1], ...all, ...changed, signedOut];
  const sessionKeys = () => redis.keys('auth_service:session:*');
  const left = (await sessionKeys()).length;

  await server.restart(); // it saves nothing when it stops: it comes back with the snapshot
  await until('Redis is back', 10_000, async () => {
    expect((await sessionKeys()).length).toBeGreaterThan(left);
  });
  await until('the service has it again', 10_000, async () => {
    expect(await principalOf(untouched)).not.toBeNull();
  });

  for (const secret of revoked) {
    expect(await unlessSlow(() => principalOf(secret))).toBeNull();
    expect(await unlessSlow(async () => (await service.refusal(auth.me, { secret })).code)).toBe('SESSION_REQUIRED');
  }
  expect(await sessionKeys()).toHaveLength(2); // that of nobody revoked, and the one that revoked another
});
