import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { startRedis, type Server } from '../../../tools/services/index.js';
import { connectRedis, defineSpace, MemoryStore, RedisStore, tag } from '../src/index.js';
import { describeStore } from '../src/testing/index.js';
import { command, loadScripts } from './support/store-commands.js';

const HOUR_MS = 3_600_000;
const SOON = { leaseMs: HOUR_MS, tombstoneMs: HOUR_MS };

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

it('answers 15,000 random commands as the memory store does', async () => {
  const stores = [new MemoryStore(), new RedisStore(redis)] as const;
  await loadScripts(stores[1], `d-${randomUUID()}:row:1`);
  let commands = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 20, maxLength: 80, size: 'max' }), async (sequence) => {
      const key = `d-${randomUUID()}:row:1`;
      // All at once: a store takes commands in the order of the calls, Redis those of a connection.
      const [inMemory, inRedis] = await Promise.all(
        stores.map((store) => Promise.all(sequence.map((run) => run(store, key)))),
      );
      expect(inRedis).toEqual(inMemory);
      commands += sequence.length;
    }),
    { numRuns: 500 },
  );
  expect(commands).toBeGreaterThan(15_000);
}, 90_000);

it('takes what only looks like an intent for absent', async () => {
  const store = new RedisStore(redis);
  for (const text of ['I5', 'I5x', 'I5|,a-b;']) {
    const key = `foreign:row:${randomUUID()}`;
    await redis.set(key, text);
    expect((await store.look([key], [])).entries).toEqual([{ state: 'absent' }]);
    await store.invalidate([{ key, version: 3, transaction: '7' }], [], SOON.tombstoneMs);
    expect(await store.lease(key, { token: 'a', stamp: '', ...SOON })).toMatchObject({ kind: 'granted', floor: 3 });
  }
});

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

it('invalidates, retires tags, places and ends intents and applies batches when Redis is out of memory, and refuses fills', async () => {
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
    const intents = ['1', '2', '3'].map((id) => ({ key: `shop:row:${id}`, transaction: '7' }));
    await store.intend(intents);
    await store.withdraw(intents.slice(0, 1), SOON.tombstoneMs);
    await store.restartChain('shop', 0, [label]);
    const entries = intents.slice(1).map((each) => ({ ...each, version: 3 }));
    const batch = { after: 0, upTo: 1, asOfMs: 9, entries, tags: [label] };
    expect(await store.applyBatch('shop', batch, SOON.tombstoneMs)).toEqual({ kind: 'applied' });
    const keys = intents.map(({ key }) => key);
    const look = await store.look(keys, [], ['shop']);
    expect(look).toMatchObject({ entries: keys.map(() => ({ state: 'absent' })), certificates: [9] });
  } finally {
    client.disconnect();
    await small.stop();
  }
});
