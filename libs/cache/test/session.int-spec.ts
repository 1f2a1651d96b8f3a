import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import type { Redis } from 'ioredis';
import { connectRedis } from '@larder/cache';
import {
  MemorySessionRecords,
  RedisSessionRecords,
  SessionStore,
  type CartChange,
  type SessionRecords,
} from '@larder/cache/session';
import { startRedis, type Server } from '../../../tools/services/index.js';
import { makeOlder } from './make-older.js';
import { describeSessions } from './sessions/session-contract.js';

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

  it('lets every key expire', async () => {
    const owner = account();
    const { secret } = await store.startAnonymous('d', { productId: 'apple', quantity: 1 });
    await store.signIn(secret, owner);
    await store.startAnonymous('d', { productId: 'apple', quantity: 1 });
    for (const key of await redis.keys('*')) expect(await redis.pttl(key)).toBeGreaterThan(0);
    expect(await redis.dbsize()).toBe(4);
  });

  it('answers as the memory twin does, whatever is asked of it', async () => {
    const pick = (...values: string[]) => fc.constantFrom(...values);
    const line = fc.record({ productId: pick('a', 'b', 'c'), quantity: fc.integer({ min: 1, max: 99 }) });
    const change: fc.Arbitrary<CartChange> = fc.oneof(
      line.map((value) => ({ verb: 'add' as const, ...value })),
      line.map((value) => ({ verb: 'set' as const, ...value })),
      line.map(({ productId }) => ({ verb: 'remove' as const, productId })),
      fc.constant({ verb: 'clear' as const }),
    );
    const hash = pick('s1', 's2');
    const owner = pick('u1', 'u2');
    const proof = pick('', 'p1', 'p2');
    const holder = fc.oneof(
      hash.map((sessionHash) => ({ sessionHash })),
      owner.map((accountId) => ({ accountId })),
    );
    const session = fc.record({
      id: pick('i1', 'i2'),
      accountId: fc.option(owner),
      roles: fc.constantFrom([], ['customer', 'editor']),
      generation: fc.nat(5),
      device: fc.constant('d'),
      line: fc.option(line),
    });
    type Step = (records: SessionRecords) => Promise<unknown>;
    const step: fc.Arbitrary<Step> = fc.oneof(
      fc.tuple(hash, session).map(
        ([h, s]): Step =>
          (r) =>
            r.create(h, s),
      ),
      fc.tuple(hash, proof, fc.option(pick('p1', 'p2'))).map(([h, p, o]): Step => async (r) => {
        const result = await r.check(h, p, o);
        if (result.state !== 'live') return result;
        const { id, accountId, roles, generation, sealedFor, touched, verificationDue, renewalDue, renewed } =
          result.facts;
        return { id, accountId, roles, generation, sealedFor, touched, verificationDue, renewalDue, renewed };
      }),
      fc.tuple(hash, proof, pick('p1', 'p2'), fc.option(fc.nat(9))).map(
        ([h, proofHash, freshProofHash, generation]): Step =>
          (r) =>
            r.rotate(h, { proofHash, freshProofHash, generation }),
      ),
      fc.tuple(hash, fc.nat(9)).map(
        ([h, generation]): Step =>
          (r) =>
            r.adoptGeneration(h, generation),
      ),
      fc.tuple(hash, proof).map(([h, p]): Step => async (r) => {
        const result = await r.check(h, p, null);
        if (result.state === 'live') await r.recordVerified(h, result.facts.checkedAt);
      }),
      hash.map(
        (h): Step =>
          (r) =>
            r.end(h),
      ),
      fc.tuple(holder, change).map(
        ([h, c]): Step =>
          (r) =>
            r.writeCart(h, c),
      ),
      holder.map(
        (h): Step =>
          (r) =>
            r.readCart(h),
      ),
      fc.tuple(hash, owner).map(
        ([h, a]): Step =>
          (r) =>
            r.seal(h, a),
      ),
      fc.tuple(owner, pick('m1', 'm2'), fc.array(line, { maxLength: 3 })).map(
        ([a, m, lines]): Step =>
          (r) =>
            r.merge(a, m, lines),
      ),
    );
    type Timed = { readonly ms: number } | { readonly step: Step };
    const timed: fc.Arbitrary<Timed> = fc.oneof(
      { weight: 8, arbitrary: step.map((value) => ({ step: value })) },
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
