import { randomUUID } from 'node:crypto';
import type { Cluster } from 'ioredis';
import { startRedisCluster, type RedisCluster } from '../../../tools/services/index.js';
import { connectRedis, RedisStore, tag, type StoreBatch } from '../src/index.js';
import { Buckets } from '../src/redis/buckets.js';
import { addressOf } from './support/topology-clients.js';

const HOUR_MS = 3_600_000;

let cluster: RedisCluster;
let redis: Cluster;
let buckets: Buckets;
let store: RedisStore;
/** Of each test its own. */
let service: string;

beforeAll(async () => {
  cluster = await startRedisCluster();
  redis = connectRedis({ cluster: cluster.nodes.map(addressOf) }, () => undefined);
  await redis.connect();
  buckets = new Buckets(redis);
  store = new RedisStore(redis);
}, 60_000);

afterAll(async () => {
  redis.disconnect();
  await cluster.stop();
});

beforeEach(() => {
  service = `s${randomUUID()}`;
});

/** Keys that lie in a bucket. */
function keysIn(bucket: number, count: number): string[] {
  const keys: string[] = [];
  for (let id = 0; keys.length < count; id++) {
    const key = `${service}:row:${id}`;
    if (buckets.of(key) === bucket) keys.push(key);
  }
  return keys;
}

const place = (bucket: number, what: 'chain' | 'certificate'): string => `${service}:${what}{${bucket}}`;
const apply = (after: number, upTo: number, more: Partial<StoreBatch> = {}): Promise<unknown> =>
  store.applyBatch(service, { ...{ after, upTo, asOfMs: null, entries: [], tags: [] }, ...more }, HOUR_MS);
const certificateOf = async (keys: readonly string[]): Promise<unknown> =>
  (await store.look(keys, [], [service])).certificates[0];

it('keeps entries, tags, number and certificate of a bucket in one slot', async () => {
  await store.restartChain(service, 4, []);
  for (const bucket of [0, 7, 31]) {
    const names = [
      ...keysIn(bucket, 2).map((key) => buckets.place(key)),
      place(bucket, 'chain'),
      place(bucket, 'certificate'),
    ];
    const slots = await Promise.all(names.map((name) => redis.cluster('KEYSLOT', name)));
    expect(new Set(slots).size).toBe(1);
    expect(await redis.get(place(bucket, 'chain'))).toBe('4');
  }
});

it('is as certified as the bucket that is furthest behind, of those that are looked at', async () => {
  await store.restartChain(service, 0, []);
  await apply(0, 1, { asOfMs: 100 });
  const [[three = ''], [four = ''], [five = '']] = [keysIn(3, 1), keysIn(4, 1), keysIn(5, 1)];
  await redis.set(place(3, 'certificate'), '50');
  await redis.del(place(5, 'certificate'));
  expect(await certificateOf([three, four])).toBe(50);
  expect(await certificateOf([four])).toBe(100);
  expect(await certificateOf([four, five])).toBeNull();
});

it('lacks what any bucket lacks, and applies the rest to those that do not', async () => {
  const [[three = ''], [four = '']] = [keysIn(3, 1), keysIn(4, 1)];
  await store.restartChain(service, 0, []);
  for (const n of [0, 1, 2]) await apply(n, n + 1, { asOfMs: 100 });
  await redis.set(place(3, 'chain'), '1');
  await redis.set(place(4, 'chain'), '2');
  const entries = [three, four].map((key) => ({ key, version: 5 }));
  expect(await apply(3, 4, { asOfMs: 200, entries })).toEqual({ kind: 'gap', at: 1 });
  expect(await certificateOf(keysIn(9, 1))).toBe(200);
  expect(await certificateOf([three])).toBe(100);
  for (const n of [1, 2]) expect(await apply(n, n + 1)).toEqual({ kind: 'applied' });
  expect(await apply(3, 4, { asOfMs: 200, entries })).toEqual({ kind: 'applied' });
  expect(await apply(3, 4, { asOfMs: 200, entries })).toEqual({ kind: 'duplicate', at: 4 });
  expect(await certificateOf([three, four])).toBe(200);
  await redis.del(place(4, 'chain'));
  expect(await apply(4, 5)).toEqual({ kind: 'unknown' });
});

it('begins nowhere anew before all its tags are retired everywhere', async () => {
  const label = tag(service, 'tag', 'x');
  await store.restartChain(service, 3, []);
  const refusing = new Proxy(redis, {
    get: (client, name) => {
      const value: unknown = Reflect.get(client, name, client);
      if (name !== 'evalsha' || typeof value !== 'function') return value;
      return (...args: unknown[]): unknown =>
        args.includes(buckets.place(label)) ? Promise.reject(new Error('away')) : Reflect.apply(value, client, args);
    },
  });
  await expect(new RedisStore(refusing).restartChain(service, 9, [label])).rejects.toThrow('away');
  const numbers = await Promise.all(buckets.all.map((bucket) => redis.get(place(bucket, 'chain'))));
  expect(new Set(numbers)).toEqual(new Set(['3']));
  expect(await apply(3, 4)).toEqual({ kind: 'applied' });
  await store.restartChain(service, 9, [label]);
  expect(await apply(9, 10)).toEqual({ kind: 'applied' });
});
