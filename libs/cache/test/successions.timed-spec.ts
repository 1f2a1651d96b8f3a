import { Redis } from 'ioredis';
import { z } from 'zod';
import { startRedis, TcpProxy, until, type Server } from '../../../tools/services/index.js';
import { Cache, connectRedis, defineSpace, RedisStore, tag, type Tag } from '../src/index.js';

const KEY = 'shop:row:1';
const OTHER = 'shop:row:2';
const GENERATION = 'shop:generation:row' as Tag;
const TAG = tag('shop', 'members', 'tea');
const HOUR_MS = 3_600_000;
const lists = defineSpace({ service: 'shop', entity: 'list', value: z.string(), ttlMs: HOUR_MS });
const SOON = { leaseMs: HOUR_MS, tombstoneMs: HOUR_MS };

/** Where commands go first, and where the address leads afterwards. */
let old: Server;
let heir: Server;
let target: { host: string; port: number };
let proxy: TcpProxy;
/** Straight to the heir. */
let admin: Redis;
let redis: Redis;

beforeEach(async () => {
  [old, heir] = await Promise.all([startRedis({ args: [] }), startRedis({ args: [] })]);
  target = { host: old.host, port: old.port };
  proxy = await TcpProxy.start(target);
  admin = new Redis(heir.url);
  redis = connectRedis({ host: proxy.host, port: proxy.port }, () => undefined);
});

afterEach(async () => {
  redis.disconnect();
  admin.disconnect();
  await proxy.stop();
  await Promise.all([old.stop(), heir.stop()]);
});

async function fill(store: RedisStore, key: string): Promise<void> {
  await store.lease(key, { token: 'a', stamp: '', ...SOON });
  await store.fill(key, { token: 'a', version: 1, mark: 'KxQ2z', payload: '1', ttlMs: HOUR_MS, ...SOON });
}

/** Has the address lead to the heir, and resolves when commands go there. */
async function succeed(): Promise<void> {
  const ready = new Promise((resolve) => redis.once('ready', resolve));
  target.port = heir.port;
  proxy.cut();
  await ready;
}

it('serves nothing from a successor that an invalidation has not reached', async () => {
  await redis.connect();
  const store = new RedisStore(redis);
  for (const key of [KEY, OTHER]) await fill(new RedisStore(admin), key);
  const [generation] = await new RedisStore(admin).currentTags([GENERATION]);
  await store.invalidate([{ key: KEY, version: 2 }], [], HOUR_MS);
  await succeed();
  const [look, lease] = await Promise.all([
    store.look([KEY, OTHER], [GENERATION]),
    store.lease(KEY, { token: 'b', stamp: '', ...SOON }),
  ]);
  expect(look).toMatchObject({ entries: [{ state: 'absent' }, { state: 'value' }], tags: [generation] });
  expect(lease).toMatchObject({ kind: 'granted', floor: 2 });
}, 30_000);

it('ends at a successor every intent that was ended before', async () => {
  await redis.connect();
  const store = new RedisStore(redis);
  await new RedisStore(admin).intend(['7', '8'].map((transaction) => ({ key: KEY, transaction })));
  await store.invalidate([{ key: KEY, version: 3, transaction: '8' }], [], HOUR_MS);
  await store.invalidate([{ key: KEY, version: 2, transaction: '7' }], [], HOUR_MS);
  await succeed();
  expect((await store.look([KEY], [])).entries).toEqual([{ state: 'absent' }]);
  expect(await store.lease(KEY, { token: 'b', stamp: '', ...SOON })).toMatchObject({ kind: 'granted', floor: 3 });
}, 30_000);

it('loads past a successor that takes no invalidations, until it does', async () => {
  redis = new Redis({ host: proxy.host, port: proxy.port }); // stays with a server that cannot write, and queues
  redis.on('error', () => undefined);
  const store = new RedisStore(redis);
  for (const key of [KEY, OTHER]) await fill(new RedisStore(admin), key);
  await store.invalidate([{ key: KEY, version: 2 }], [], HOUR_MS);
  await admin.replicaof('127.0.0.1', 1);
  target.port = heir.port;
  proxy.cut();
  await until('the connection is lost', 5_000, async () => redis.status !== 'ready');
  expect((await store.look([KEY], [])).entries).toEqual([{ state: 'absent' }]);
  expect((await store.look([OTHER], [])).entries).toMatchObject([{ state: 'value' }]);
  expect(await store.lease(KEY, { token: 'b', stamp: '', ...SOON })).toEqual({ kind: 'bypass' });
  expect(await admin.get(KEY)).toMatch(/^V1/);
  await admin.replicaof('NO', 'ONE');
  await until('the invalidation is there', 5_000, async () => (await admin.get(KEY)) === 'T2||');
}, 30_000);

it.each([
  ['a tag of it', (cache: Cache) => cache.invalidate({ entries: [], tags: [TAG] })],
  ['its space', (cache: Cache) => cache.space(lists).retire()],
])(
  'loads past a successor on which %s cannot be retired, until it can be',
  async (_, retire) => {
    await redis.connect();
    let stored = 'old';
    const read = async (cache: Cache): Promise<string> => {
      const { value, outcome } = await cache.space(lists).read('1', async () => stored, { tags: [TAG] });
      return `${value} ${outcome}`;
    };
    // The heir gets all that its master has, and then no more.
    await admin.replicaof(old.host, old.port);
    const cache = new Cache({ store: new RedisStore(redis), operationTimeoutMs: 2_000 });
    expect([await read(cache), await read(cache)]).toEqual(['old miss', 'old hit']);
    await until('the heir has it', 10_000, async () => /^V/.test((await admin.get('shop:list:1')) ?? ''));
    await admin.replicaof('NO', 'ONE');
    await admin.config('SET', 'min-replicas-to-write', '1');
    await retire(cache);
    stored = 'new';
    await succeed();
    const seen = new Set<string>();
    for (let times = 0; times < 50; times++) seen.add(await read(cache));
    expect(seen).toEqual(new Set(['new bypass']));
    await admin.config('SET', 'min-replicas-to-write', '0');
    await until('it is cached again', 5_000, async () => {
      seen.add(await read(cache));
      return seen.has('new hit');
    });
    expect([...seen].filter((each) => each.startsWith('old'))).toEqual([]);
    await cache.close();
  },
  30_000,
);

it('invalidates nothing again when the same server is back', async () => {
  await redis.connect();
  const store = new RedisStore(redis);
  await store.invalidate([{ key: KEY }], [], HOUR_MS);
  await fill(store, KEY);
  const ready = new Promise((resolve) => redis.once('ready', resolve));
  proxy.cut();
  await ready;
  expect((await store.look([KEY], [])).entries).toMatchObject([{ state: 'value' }]); // waits until that is decided
  expect((await store.look([KEY], [])).entries).toMatchObject([{ state: 'value' }]);
}, 30_000);

it('retires the space of more invalidations than it remembers', async () => {
  await redis.connect();
  const store = new RedisStore(redis);
  await new RedisStore(admin).currentTags([GENERATION, 'shop:generation:other' as Tag]);
  const entries = Array.from({ length: 10_001 }, (_, index) => ({ key: `shop:row.v2:${index}`, version: 2 }));
  await store.invalidate(entries, [], HOUR_MS);
  await succeed();
  await until('the space is retired', 5_000, async () => (await admin.exists(GENERATION)) === 0);
  expect(await admin.exists('shop:generation:other')).toBe(1);
  expect(await admin.exists('shop:row.v2:1')).toBe(0);
}, 30_000);

it('leases nothing of a space whose many invalidations a successor has not got', async () => {
  await redis.connect();
  const store = new RedisStore(redis);
  await fill(new RedisStore(admin), KEY);
  const entries = Array.from({ length: 10_001 }, (_, index) => ({ key: `shop:row:${index}`, version: 2 }));
  await store.invalidate(entries, [], HOUR_MS);
  await admin.config('SET', 'min-replicas-to-write', '1');
  await succeed();
  expect(await store.lease(KEY, { token: 'b', stamp: '', ...SOON })).toEqual({ kind: 'bypass' });
}, 30_000);
