import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { startRedis, TcpProxy, until, type Server } from '../../../tools/services/index.js';
import { Cache, connectRedis, defineSpace, RedisStore } from '../src/index.js';

const rows = defineSpace({
  service: 'shop',
  entity: 'row',
  value: z.object({ version: z.number() }),
  version: (row) => row.version,
  ttlMs: 600_000,
  l1: { maxEntries: 10, maxBytes: 10_000 },
});

const servers: Server[] = [];
const clients: Redis[] = [];
const caches: Cache[] = [];
let proxy: TcpProxy;

afterEach(async () => {
  await Promise.all(caches.splice(0).map((cache) => cache.close()));
  for (const client of clients.splice(0)) client.disconnect();
  await proxy.stop();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function start(): Promise<Server> {
  const server = await startRedis({ args: [] });
  servers.push(server);
  return server;
}

async function cacheAt({ host, port }: { host: string; port: number }): Promise<Cache> {
  const redis = connectRedis({ host, port }, () => undefined);
  clients.push(redis);
  await redis.connect();
  // A deadline for when the machine is busy: what is tested is what the tier hears, not how soon a store counts as failing.
  const cache = new Cache({ store: new RedisStore(redis), operationTimeoutMs: 2_000 });
  caches.push(cache);
  return cache;
}

const load = (version: number) => async () => ({ version });

it('takes the tier in the process along to where the address leads, though the old server lives on', async () => {
  const [old, heir] = [await start(), await start()];
  const target = { host: old.host, port: old.port };
  proxy = await TcpProxy.start(target);
  const reader = (await cacheAt(proxy)).space(rows);
  await until('the tier is on', 5_000, async () => (await reader.read('1', load(1))).tier === 'l1');

  target.port = heir.port;
  proxy.cut(({ subscriber }) => !subscriber);
  const writer = (await cacheAt(heir)).space(rows);
  await writer.invalidate('1', { version: 2 });
  await until('the reader reads what the writer wrote', 5_000, async () => {
    return (await reader.read('1', load(2)).catch(() => null))?.value.version === 2;
  });
  await until('the tier is on again', 5_000, async () => (await reader.read('1', load(2))).tier === 'l1');
  await writer.invalidate('1', { version: 3 });
  await until('it hears of invalidations', 1_000, async () => (await reader.read('1', load(3))).value.version === 3);
}, 30_000);

it('does not vouch for what it hears at a replica of the server that commands go to', async () => {
  const [old, heir] = [await start(), await start()];
  const target = { host: old.host, port: old.port };
  proxy = await TcpProxy.start(target);
  const reader = (await cacheAt(proxy)).space(rows);
  await until('the tier is on', 5_000, async () => (await reader.read('1', load(1))).tier === 'l1');
  const [oldAdmin, heirAdmin] = [old, heir].map(({ host, port }) => new Redis({ host, port })) as [Redis, Redis];
  clients.push(oldAdmin, heirAdmin);
  for (const admin of [oldAdmin, heirAdmin]) await admin.config('SET', 'repl-diskless-sync', 'no');

  target.port = heir.port;
  proxy.cut(({ subscriber }) => !subscriber);
  const writer = (await cacheAt(heir)).space(rows);
  await writer.invalidate('1', { version: 2 });
  await oldAdmin.replicaof(heir.host, heir.port);
  const endMs = performance.now() + 4_000;
  let stale = 0;
  while (performance.now() < endMs) {
    const { value } = await reader.read('1', load(2));
    if (performance.now() > endMs - 2_500 && value.version === 1) stale += 1;
    await sleep(5);
  }
  expect(stale).toBe(0);
  // There it would miss whatever is published while the replica is not in step.
  expect(await oldAdmin.pubsub('NUMSUB', 'shop:invalidated')).toEqual(['shop:invalidated', 0]);
  await until('the tier is on again', 5_000, async () => (await reader.read('1', load(2))).tier === 'l1');
}, 30_000);

it('does not take the beats of others for its own', async () => {
  const server = await start();
  proxy = await TcpProxy.start(server);
  const reader = (await cacheAt(proxy)).space(rows);
  const other = (await cacheAt(server)).space(rows);
  for (const space of [reader, other]) {
    await until('the tier is on', 5_000, async () => (await space.read('1', load(1))).tier === 'l1');
  }
  proxy.muteSubscribers();
  await until('the tier is off', 5_000, async () => (await reader.read('1', load(1))).tier === 'store');
  await until('the other one is on', 5_000, async () => (await other.read('1', load(1))).tier === 'l1');
}, 30_000);

it('waits with a server that does not say who it is, and comes on when it does', async () => {
  const server = await start();
  proxy = await TcpProxy.start(server);
  const admin = new Redis({ host: server.host, port: server.port });
  await admin.call('ACL', 'SETUSER', 'mute', 'on', '>secret', '~*', '&*', '+@all', '-info');
  const redis = connectRedis(
    { host: proxy.host, port: proxy.port, username: 'mute', password: 'secret' },
    () => undefined,
  );
  clients.push(admin, redis);
  await redis.connect();
  const cache = new Cache({ store: new RedisStore(redis), operationTimeoutMs: 2_000 });
  caches.push(cache);
  const reader = cache.space(rows);
  const connections = async (): Promise<number> =>
    Number(/total_connections_received:(\d+)/.exec(await admin.info('stats'))?.[1]);
  await reader.read('1', load(1));
  const before = await connections();
  await sleep(1_500);
  expect((await connections()) - before).toBeLessThan(3);
  expect((await reader.read('1', load(1))).tier).toBe('store');
  await admin.call('ACL', 'SETUSER', 'mute', '+info');
  await until('the tier is on', 10_000, async () => (await reader.read('1', load(1))).tier === 'l1');
}, 30_000);
