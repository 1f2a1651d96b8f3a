import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type Cluster } from 'ioredis';
import { freePort, startRedis, until, type Server } from '../../../tools/services/index.js';
import { connectRedis, RedisStore, StoreRefusal } from '../src/index.js';

const KEY = 'shop:row:1';
const HOUR_MS = 3_600_000;
const SOON = { leaseMs: HOUR_MS, tombstoneMs: HOUR_MS };
const PATIENCE_MS = 100;
const SETTLE_MS = 15_000;

/** A master of all slots and, where a test wants one, its replica. */
let nodes: Server[];
let admins: Redis[];
let redis: Cluster;
let store: RedisStore;

afterEach(async () => {
  redis.disconnect();
  for (const admin of admins) admin.disconnect();
  await Promise.all(nodes.map((node) => node.stop()));
});

async function start(count: number): Promise<void> {
  const busPorts = await Promise.all(Array.from({ length: count }, () => freePort()));
  const argsOf = (busPort: number) => [
    ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort), '--cluster-announce-ip', '127.0.0.1'],
    ...['--cluster-node-timeout', '1000', '--repl-diskless-sync-delay', '0'],
  ];
  nodes = await Promise.all(busPorts.map((busPort) => startRedis({ args: argsOf(busPort) })));
  admins = nodes.map((node) => {
    const admin = new Redis(node.url);
    admin.on('error', () => undefined); // its node is killed
    return admin;
  });
  const [master, replica] = admins;
  await master!.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
  if (replica) {
    await replica.call('CLUSTER', 'MEET', nodes[0]!.host, nodes[0]!.port, busPorts[0]!);
    const id = String(await master!.call('CLUSTER', 'MYID'));
    const replicate = (): Promise<unknown> => replica.call('CLUSTER', 'REPLICATE', id).catch(() => null);
    await until('the nodes know each other', SETTLE_MS, async () => (await replicate()) === 'OK');
    await untilReplica(replica);
  }
  await until('the slots are served', SETTLE_MS, async () =>
    String(await master!.call('CLUSTER', 'INFO')).includes('cluster_state:ok'),
  );
  redis = connectRedis({ cluster: [{ host: nodes[0]!.host, port: nodes[0]!.port }] }, () => undefined);
  await redis.connect();
  store = new RedisStore(redis);
}

async function untilReplica(admin: Redis): Promise<void> {
  await until('a replica in step', SETTLE_MS, async () => (await admin.info('replication')).includes('link_status:up'));
}

async function fill(): Promise<void> {
  await store.lease(KEY, { token: 'a', stamp: '', ...SOON });
  await store.fill(KEY, { token: 'a', version: 1, mark: 'KxQ2z', payload: '1', ttlMs: HOUR_MS, ...SOON });
}

/** What a read finds; a refusal, a failure or no answer in time sends it to its source. */
async function look(): Promise<string> {
  try {
    const late = sleep(PATIENCE_MS).then(() => Promise.reject(new Error('no answer')));
    const { entries } = await Promise.race([store.look([KEY], []), late]);
    return entries[0]!.state;
  } catch (error) {
    return error instanceof StoreRefusal ? 'refused' : 'failed';
  }
}

it('serves nothing from a master that came back from its disk without an invalidation', async () => {
  await start(1);
  await fill();
  await admins[0]!.save();
  await store.invalidate([{ key: KEY, version: 2 }], [], HOUR_MS);
  await nodes[0]!.kill();
  expect(await look()).not.toBe('value');
  await nodes[0]!.restart();
  const seen = new Set<string>();
  await until('the invalidation is there again', SETTLE_MS, async () => {
    seen.add(await look());
    return (await admins[0]!.get(KEY).catch(() => null)) === 'T2||';
  });
  expect(seen).not.toContain('value');
  expect(seen).toContain('absent');
}, 60_000);

it('serves nothing from a new master that it is sent to before it is told who the masters are', async () => {
  await start(2);
  const [master, heir] = admins as [Redis, Redis];
  for (const next of [heir, master]) {
    await next.call('CLUSTER', 'FAILOVER', 'TAKEOVER'); // there and back, so that the client is connected to both
    await until('the client has followed', SETTLE_MS, async () => {
      await look();
      return redis.nodes('master').some(({ options }) => options.port === next.options.port);
    });
    await untilReplica(next === heir ? master : heir);
  }
  await fill();
  await until('the replica has it', SETTLE_MS, async () => (await master.wait(1, 100)) === 1);
  await heir.readonly();
  expect(await heir.get(KEY)).toMatch(/^V1/);
  await master.config('SET', 'requirepass', 'keeps the replica out');
  await master.client('KILL', 'TYPE', 'replica');
  await store.invalidate([{ key: KEY, version: 2 }], [], HOUR_MS);
  expect(await heir.get(KEY)).toMatch(/^V1/);
  await heir.call('CLUSTER', 'FAILOVER', 'TAKEOVER');
  await until('the old master knows', SETTLE_MS, async () => (await master.info('replication')).includes('role:slave'));
  const seen = new Set<string>();
  for (let times = 0; times < 200; times++) seen.add(await look());
  expect(seen).not.toContain('value');
  await until('the invalidation is there again', SETTLE_MS, async () => {
    seen.add(await look());
    return (await heir.get(KEY)) === 'T2||';
  });
  expect(seen).not.toContain('value');
}, 60_000);
