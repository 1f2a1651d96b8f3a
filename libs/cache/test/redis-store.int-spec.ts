import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { startRedis, type Server } from '../../../tools/services/index.js';
import { connectRedis, defineSpace, MemoryStore, RedisStore, tag, type LeaseAnswer, type Store } from '../src/index.js';
import { describeStore } from '../src/testing/index.js';

let server: Server;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis({ args: ['--requirepass', 'a-password-for-tests'] });
  redis = connectRedis({ ...server, password: 'a-password-for-tests', commandTimeoutMs: 2_000 }, () => undefined);
  await redis.connect();
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

describeStore(
  'RedisStore',
  () => ({
    store: new RedisStore(redis),
    key: () => `contract:redis:${randomUUID()}`,
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  }),
  {
    describe,
    it,
    equal: (actual, expected) => {
      expect(actual).toEqual(expected);
    },
  },
);

it('connectRedis refuses a wrong password instead of hanging', async () => {
  const errors: Error[] = [];
  const stranger = connectRedis({ ...server, password: 'wrong' }, (error) => errors.push(error));
  await expect(stranger.connect()).rejects.toThrow();
  expect(errors.some((error) => error.message.startsWith('WRONGPASS'))).toBe(true);
  stranger.disconnect();
});

it('refuses a client that prefixes keys', () => {
  const prefixing = new Redis({ lazyConnect: true, keyPrefix: 'app:' });
  expect(() => new RedisStore(prefixing)).toThrow('keyPrefix "app:"');
});

type Command = (store: Store, key: string) => Promise<unknown>;

const HOUR_MS = 3_600_000;
const SOON = { leaseMs: HOUR_MS, tombstoneMs: HOUR_MS };
const version = fc.integer({ min: 0, max: 6 });
const token = fc.constantFrom('a', 'b', 'c');
const stamp = fc.constantFrom('', 's1|', 's2|');
const ofAnswer = (answer: LeaseAnswer): unknown => {
  if (answer.kind === 'busy') return 'busy';
  return answer.kind === 'granted' ? { ...answer, atMs: 'a time' } : withoutTime(answer);
};

const mark = fc.constantFrom('KxQ2z', 'LxQ2z');

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.tuple(token, stamp, fc.constantFrom(0, SOON.leaseMs), fc.option(mark, { nil: undefined })).map(
    ([name, prefix, leaseMs, over]): Command =>
      async (store, key) =>
        ofAnswer(await store.lease(key, { ...SOON, token: name, stamp: prefix, leaseMs, ...(over && { over }) })),
  ),
  fc.tuple(token, version, stamp, mark).map(
    ([name, at, prefix, when]): Command =>
      (store, key) =>
        store.fill(key, {
          token: name,
          version: at,
          mark: when,
          payload: `${prefix}{"v":${at}}`,
          ttlMs: HOUR_MS,
          ...SOON,
        }),
  ),
  token.map(
    (name): Command =>
      (store, key) =>
        store.release(key, name, SOON.tombstoneMs),
  ),
  fc.option(fc.integer({ min: 1, max: 6 })).map(
    (at): Command =>
      (store, key) =>
        store.invalidate([at === null ? { key } : { key, version: at }], [], SOON.tombstoneMs),
  ),
  fc.tuple(fc.integer({ min: 1, max: 6 }), mark).map(
    ([at, when]): Command =>
      (store, key) =>
        store.put(key, { version: at, mark: when, body: `{"put":${at}}`, stampChars: 3, ttlMs: HOUR_MS, ...SOON }),
  ),
  fc.constant<Command>((store, key) => store.expire([key], HOUR_MS)),
  fc.constant<Command>(async (store, key) => withoutTime(await store.look([key], []))),
  fc.constant<Command>(async (store, key) => withoutTime((await store.inspect(key)).entry)),
);

/** The two stores' clocks differ. */
function withoutTime(found: unknown): unknown {
  return JSON.parse(JSON.stringify(found, (name, value: unknown) => (name === 'untilMs' ? 'a time' : value)));
}

/** Redis is sent a script's first call twice, so that others would overtake it. */
async function loadScripts(store: Store): Promise<void> {
  const key = `differential:${randomUUID()}`;
  await store.lease(key, { token: 'a', stamp: '', ...SOON });
  await store.fill(key, { token: 'a', version: 1, mark: 'KxQ2z', payload: '1', ttlMs: 1_000, ...SOON });
  await store.release(key, 'a', SOON.tombstoneMs);
  await store.put(key, { version: 1, mark: 'KxQ2z', body: '1', stampChars: 0, ttlMs: 1_000, ...SOON });
  await store.expire([key], HOUR_MS);
  await store.invalidate([{ key }], [], SOON.tombstoneMs);
}

it('answers 10,000 random commands as the memory store does', async () => {
  const stores = [new MemoryStore(), new RedisStore(redis)] as const;
  await loadScripts(stores[1]);
  let commands = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 20, maxLength: 60, size: 'max' }), async (sequence) => {
      const key = `differential:${randomUUID()}`;
      // All at once: a store takes commands in the order of the calls, Redis those of a connection.
      const [inMemory, inRedis] = await Promise.all(
        stores.map((store) => Promise.all(sequence.map((run) => run(store, key)))),
      );
      expect(inRedis).toEqual(inMemory);
      commands += sequence.length;
    }),
    { numRuns: 400 },
  );
  expect(commands).toBeGreaterThan(10_000);
}, 90_000);

it('takes a key of another type for absent, and lets nothing behind it wait', async () => {
  const store = new RedisStore(redis);
  const [entry, label] = [`foreign:${randomUUID()}`, tag('foreign', 'tag', randomUUID())];
  await redis.hset(entry, 'a', 'b');
  await redis.hset(label, 'a', 'b');
  expect(await store.look([entry], [label])).toMatchObject({ entries: [{ state: 'absent' }], tags: [null] });
  expect(await store.lease(entry, { token: 'a', stamp: '', ...SOON })).toMatchObject({ kind: 'granted', floor: 0 });
  await redis.del(entry);
  await redis.hset(entry, 'a', 'b');
  await store.invalidate([{ key: entry, version: 3 }], [label], SOON.tombstoneMs);
  expect(await store.lease(entry, { token: 'b', stamp: '', ...SOON })).toMatchObject({ kind: 'granted', floor: 3 });
});

it('keeps a generation until it is retired, and a tag for longer than any entry', async () => {
  const store = new RedisStore(redis);
  const { generation } = defineSpace({ service: 'foreign', entity: `e${Date.now()}`, value: z.number(), ttlMs: 1 });
  const label = tag('foreign', 'tag', randomUUID());
  await store.currentTags([generation, label]);
  expect(await redis.pttl(generation)).toBe(-1);
  expect(await redis.pttl(label)).toBeGreaterThan(60 * 24 * HOUR_MS);
  await store.invalidate([], [generation], SOON.tombstoneMs);
  expect(await redis.exists(generation)).toBe(0);
});

it('invalidates and retires tags when Redis is out of memory, and refuses fills', async () => {
  const small = await startRedis();
  const client = connectRedis({ ...small, commandTimeoutMs: 2_000 }, () => undefined);
  await client.connect();
  try {
    const store = new RedisStore(client);
    const label = tag('shop', 'members', 'all');
    await store.lease('shop:row:1', { token: 'a', stamp: '', ...SOON });
    await store.fill('shop:row:1', { token: 'a', version: 1, mark: 'KxQ2z', payload: '1', ttlMs: 60_000, ...SOON });
    await store.currentTags([label]);
    await client.config('SET', 'maxmemory', '1');
    await expect(store.lease('shop:row:2', { token: 'b', stamp: '', ...SOON })).rejects.toThrow('OOM');
    await store.invalidate([{ key: 'shop:row:1', version: 2 }], [label], SOON.tombstoneMs);
    expect(await store.look(['shop:row:1'], [label])).toMatchObject({ entries: [{ state: 'absent' }], tags: [null] });
  } finally {
    client.disconnect();
    await small.stop();
  }
});
