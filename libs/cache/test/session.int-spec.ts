import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { connectRedis } from '@larder/cache';
import {
  MemorySessionRecords,
  RedisSessionRecords,
  SessionPreferences,
  SessionStore,
  type SessionRecords,
} from '@larder/cache/session';
import { startRedis, type Server } from '../../../tools/services/index.js';
import { makeOlder } from './make-older.js';
import { describeSessions } from './sessions/session-contract.js';
import { sessionStep, type SessionStep } from './sessions/session-steps.js';

let server: Server;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis({ host: server.host, port: server.port, commandTimeoutMs: 5_000 }, () => undefined);
  await redis.connect();
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

describeSessions('Redis', async () => {
  await redis.flushall();
  return { records: new RedisSessionRecords(redis), advance: (ms) => makeOlder(redis, ms), size: () => redis.dbsize() };
});

describe('RedisSessionRecords', () => {
  let records: SessionRecords;
  let store: SessionStore;
  const account = (accountId: string = randomUUID()) => ({ accountId, roles: ['editor'], generation: 1, device: 'd' });

  beforeEach(async () => {
    await redis.flushall();
    records = new RedisSessionRecords(redis);
    store = new SessionStore(records);
  });

  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    const calls = async () => {
      const stats = await redis.info('commandstats');
      return [...stats.matchAll(/cmdstat_(\w+):calls=(\d+)/g)]
        .filter(([, name = '']) => ['evalsha', 'eval', 'hset', 'pexpireat', 'del', 'hincrby'].includes(name))
        .reduce((sum, [, , count]) => sum + Number(count), 0);
    };
    await redis.call('CONFIG', 'RESETSTAT');
    await work();
    return calls();
  };

  it('keeps a session under the SHA-256 of its secret, and the secret nowhere', async () => {
    const { secret } = await store.startAnonymous('d', { productId: 'apple', quantity: 1 });
    const { createHash } = await import('node:crypto');
    const key = `auth_service:session:${createHash('sha256').update(secret).digest('hex')}`;
    expect(await redis.keys('*')).toEqual([key]);
    expect(await redis.hgetall(key)).toMatchObject({ account: '', 'cart:apple': '1' });
    expect(JSON.stringify(await redis.hgetall(key))).not.toContain(secret);
  });

  it('validates by reads alone, and writes once a minute', async () => {
    const { secret } = await store.signIn(null, account());
    const check = () => store.check(secret, { renew: true });
    await check();
    expect(await counted(check)).toBe(0);
    await makeOlder(redis, 60_000);
    expect(await counted(check)).toBe(3); // the script, HSET and PEXPIREAT in it
    expect(await counted(check)).toBe(0);
  });

  it('validates a renewed secret by reads alone too', async () => {
    const { secret } = await store.signIn(null, account());
    await makeOlder(redis, 15 * 60_000);
    const renewed = await store.check(secret, { renew: true });
    const fresh = renewed.state === 'live' ? renewed.session.renewedSecret : null;
    expect(await counted(() => store.check(fresh, { renew: true }))).toBe(0);
  });

  it('takes a key that is no session of ours for nothing, and removes it', async () => {
    const { secret, sessionHash } = await store.signIn(null, account());
    const key = `auth_service:session:${sessionHash}`;
    const whole = await redis.hgetall(key);
    const without = (name: string) =>
      Object.entries(whole)
        .filter(([field]) => field !== name)
        .flat();
    const check = async () => (await store.check(secret, { renew: true })).state;
    expect(await check()).toBe('live');
    for (const field of ['account', 'generation', 'created', 'signed_in', 'seen', 'issued', 'proof']) {
      await redis.del(key);
      await redis.hset(key, ...without(field));
      expect([field, await check(), await redis.exists(key)]).toEqual([field, 'none', 0]);
    }
    await redis.set(key, 'a text');
    expect([await check(), await redis.exists(key)]).toEqual(['none', 0]);
  });

  it('reads an account cart with more marks of merges than a script can put on its stack', async () => {
    const { accountId } = account();
    const marks = Array.from({ length: 5_000 }, (_, at) => [`merge:${at}`, Date.now()]).flat();
    await redis.hset(`auth_service:cart:${accountId}`, ...marks);
    const added = await records.writeCart({ accountId }, { verb: 'add', productId: 'apple', quantity: 1 });
    expect(added).toEqual({ outcome: 'written', lines: [{ productId: 'apple', quantity: 1 }] });
  });

  it('records a comparison of generations once, however many reads made it', async () => {
    const { sessionHash, secret } = await store.signIn(null, account());
    await store.check(secret, { renew: false });
    await makeOlder(redis, 60_000);
    const due = await Promise.all(Array.from({ length: 20 }, () => store.check(secret, { renew: false })));
    const times = due.map((result) => (result.state === 'live' ? result.session.checkedAt : 0));
    const recorded = () => Promise.all(times.map((at) => records.recordVerified(sessionHash, at)));
    expect(await counted(recorded)).toBe(21); // the scripts, and one HSET in them
  });

  it("reads many memories in one call, and what is no session's in it keeps nobody from his own", async () => {
    const { sessionHash } = await store.signIn(null, account());
    await records.remember(sessionHash, { 'product-a': 3 });
    await records.recall([sessionHash]); // the script is known from now on
    await redis.set('auth_service:session:planted', 'a text');
    const many = ['planted', ...Array.from({ length: 20 }, () => sessionHash)];
    await redis.config('RESETSTAT');
    expect(await records.recall(many)).toEqual([{}, ...Array.from({ length: 20 }, () => ({ 'product-a': 3 }))]);
    expect(await redis.info('commandstats')).toMatch(/cmdstat_evalsha:calls=1,/);
  });

  it('lets every key expire', async () => {
    const owner = account();
    const { secret } = await store.startAnonymous('d', { productId: 'apple', quantity: 1 });
    await store.signIn(secret, owner);
    await store.startAnonymous('d', { productId: 'apple', quantity: 1 });
    for (const key of await redis.keys('*')) expect(await redis.pttl(key)).toBeGreaterThan(0);
    expect(await redis.dbsize()).toBe(5); // the replaced one too, for its grace
  });

  it('takes 16 KiB at most for a session that is as full as can be, anonymous or signed in', async () => {
    const wide = (bytes: number) => 'w'.repeat(bytes);
    const bytesOf = async (sessionHash: string): Promise<number> => {
      const fields = await redis.hgetall(`auth_service:session:${sessionHash}`);
      return Buffer.byteLength(Object.entries(fields).flat().join(''), 'utf8');
    };
    const fill = async (secret: string): Promise<number> => {
      const check = await store.check(secret, { renew: true });
      if (check.state !== 'live') throw new Error(check.state);
      const { session } = check;
      for (let line = 0; line < 100; line++) {
        await store.changeCart(session, {
          verb: 'set',
          productId: `${line}`.padEnd(line < 6 ? 768 : 36),
          quantity: 99,
        });
        await records.remember(session.sessionHash, { [`${line}`.padEnd(line % 2 ? 768 : 80, '-')]: 2 ** 53 - 1 });
      }
      const preferences = { version: 0, value: { t: wide(4_088) } };
      expect((await new SessionPreferences(records).change(session, preferences)).outcome).toBe('written');
      await records.seal(session.sessionHash, wide(768));
      for (let count = 0; count < 20; count++) await records.adoptGeneration(session.sessionHash, 2 ** 53 - 1 - count);
      return bytesOf(session.sessionHash);
    };
    const guest = await store.startAnonymous(wide(768), { productId: wide(768), quantity: 1 });
    const owner = { accountId: wide(768), roles: [wide(768)], generation: 2 ** 53 - 50, device: wide(768) };
    const signedIn = await store.signIn(null, owner);
    await makeOlder(redis, 15 * 60_000); // both are renewed by the check
    const sizes = [await fill(guest.secret), await fill(signedIn.secret)];
    expect(Math.max(...sizes)).toBeLessThanOrEqual(16 * 1_024);
    expect(Math.min(...sizes)).toBeGreaterThan(9 * 1_024); // it was filled
  });

  it('answers as the memory twin does, whatever is asked of it', async () => {
    type Timed = { readonly ms: number } | { readonly step: SessionStep };
    const timed: fc.Arbitrary<Timed> = fc.oneof(
      { weight: 8, arbitrary: sessionStep.map((value) => ({ step: value })) },
      { weight: 1, arbitrary: fc.constantFrom(45_000, 70_000, 16 * 60_000).map((ms) => ({ ms })) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(timed, { maxLength: 30 }), async (steps) => {
        await redis.flushall();
        let now = Date.now();
        const memory = new MemorySessionRecords(() => now);
        for (const one of steps) {
          if ('ms' in one) {
            now += one.ms;
            await makeOlder(redis, one.ms);
          } else {
            expect(await one.step(records)).toEqual(await one.step(memory));
          }
        }
      }),
      { numRuns: 150 },
    );
  });
});
