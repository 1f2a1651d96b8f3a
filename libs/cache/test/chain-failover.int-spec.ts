import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { startRedis, TcpProxy, until, type Server } from '../../../tools/services/index.js';
import {
  Cache,
  Chain,
  connectRedis,
  defineSpace,
  RedisStore,
  type CacheEvent,
  type LinkAnswer,
  type StoreBatch,
} from '../src/index.js';
import { ChangeLog } from './support/chain-scene.js';

const BOUND_MS = 1_000;
const rows = defineSpace({
  service: 'shop',
  entity: 'row',
  value: z.object({ version: z.number() }),
  version: (row) => row.version,
  ttlMs: 600_000,
  freshness: { maxStalenessMs: BOUND_MS },
});

/** What a certificate is worth that is written without regard to what came before. */
class UnnumberedStore extends RedisStore {
  override async applyBatch(service: string, batch: StoreBatch, tombstoneMs: number): Promise<LinkAnswer> {
    const answer = await super.applyBatch(service, batch, tombstoneMs);
    return answer.kind === 'gap' ? super.applyBatch(service, { ...batch, after: answer.at }, tombstoneMs) : answer;
  }
}

/** Where commands go first, its replica, and the address that leads to either. */
let old: Server;
let heir: Server;
let target: { host: string; port: number };
let proxy: TcpProxy;
let admin: Redis;
const clients: Redis[] = [];
let events: CacheEvent[];

beforeEach(async () => {
  [old, heir] = await Promise.all([startRedis(), startRedis()]);
  target = { host: old.host, port: old.port };
  proxy = await TcpProxy.start(target);
  admin = new Redis(heir.url);
  events = [];
});

afterEach(async () => {
  for (const client of [admin, ...clients.splice(0)]) client.disconnect();
  await proxy.stop();
  await Promise.all([old.stop(), heir.stop()]);
});

/** A process of its own, which remembers nothing of what others have sent. */
async function start(storeOf: (redis: Redis) => RedisStore): Promise<{ cache: Cache; end: () => Promise<void> }> {
  const redis = connectRedis({ host: proxy.host, port: proxy.port }, () => undefined);
  clients.push(redis);
  await redis.connect();
  const cache = new Cache({
    store: storeOf(redis),
    operationTimeoutMs: 5_000,
    onEvent: (event) => events.push(event),
  });
  const end = async (): Promise<void> => {
    await cache.close();
    redis.disconnect();
  };
  return { cache, end };
}

/** Row 1 is cached at version 1 by both servers; its change to version 2 is applied by the old one alone, which then is none. */
async function loseEvent(
  storeOf: (redis: Redis) => RedisStore,
): Promise<{ reader: Cache; invalidator: Cache; log: ChangeLog }> {
  const log = new ChangeLog();
  const first = await start(storeOf);
  const reader = (await start((redis) => new RedisStore(redis))).cache;
  await admin.replicaof(old.host, old.port);
  const chain = new Chain(first.cache, { service: 'shop', spaces: [rows], log });
  await chain.apply(log.beat(await first.cache.now()));
  await reader.space(rows).getOrSet('1', async () => ({ version: 1 }));
  await until('the replica has it', 10_000, async () => /^V1/.test((await admin.get('shop:row:1')) ?? ''));
  await admin.replicaof('NO', 'ONE');
  const change = log.append({ entries: rows.entries('1', 2), tags: [] }, await first.cache.now());
  expect(await chain.apply(change)).toBe('applied');
  expect(await reader.space(rows).peek('1')).toEqual({ status: 'absent' });
  await first.end();
  target.port = heir.port;
  proxy.cut();
  await until('the reader is at the heir', 5_000, async () => (await reader.space(rows).explain('1')).version === 1);
  await sleep(BOUND_MS); // from now on version 1 is out of date for too long
  return { reader, invalidator: (await start(storeOf)).cache, log };
}

const chainEvents = (): CacheEvent[] => events.filter((event) => event.type === 'chain' && event.what !== 'begun');
const never = (): Promise<never> => Promise.reject(new Error('must not load'));
const load = async (): Promise<{ version: number }> => ({ version: 2 });

it('finds out by the next batch that a promoted replica lacks an event, and brings it up before it is certified', async () => {
  const { reader, invalidator, log } = await loseEvent((redis) => new RedisStore(redis));
  const space = reader.space(rows);
  expect(await space.read('1', load)).toMatchObject({ value: { version: 2 }, outcome: 'bypass' });
  const chain = new Chain(invalidator, { service: 'shop', spaces: [rows], log });
  expect(await chain.apply(log.beat(await invalidator.now()))).toBe('applied');
  expect(chainEvents()).toEqual([{ type: 'chain', service: 'shop', what: 'gap', count: 1 }]);
  expect(await space.read('1', load)).toMatchObject({ value: { version: 2 }, outcome: 'miss', stored: true });
  expect(await space.getOrSet('1', never)).toEqual({ version: 2 });
}, 30_000);

it('would serve what it lost, if batches had no numbers', async () => {
  const { reader, invalidator, log } = await loseEvent((redis) => new UnnumberedStore(redis));
  const chain = new Chain(invalidator, { service: 'shop', spaces: [rows], log });
  expect(await chain.apply(log.beat(await invalidator.now()))).toBe('applied');
  expect(chainEvents()).toEqual([]);
  expect(await reader.space(rows).read('1', load)).toMatchObject({ value: { version: 1 }, outcome: 'hit' });
}, 30_000);
