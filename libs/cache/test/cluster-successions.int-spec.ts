import { setTimeout as sleep } from 'node:timers/promises';
import { Redis, type Cluster } from 'ioredis';
import { freePort, startRedis, until, type Server } from '../../../tools/services/index.js';
import { connectRedis, RedisStore, StoreRefusal } from '../src/index.js';
import { Buckets } from '../src/redis/buckets.js';

const KEY = 'shop:row:1';
const HOUR_MS = 3_600_000;
const SOON = { leaseMs: HOUR_MS, tombstoneMs: HOUR_MS };
const PATIENCE_MS = 100;
const SETTLE_MS = 15_000;

/** A master of all slots and, where a test wants one, its replica or a master without any. */
let nodes: Server[];
let admins: Redis[];
let redis: Cluster;
let store: RedisStore;

afterEach(async () => {
  redis.disconnect();
  for (const admin of admins) admin.disconnect();
  await Promise.all(nodes.map((node) => node.stop()));
});

async function start(second: 'none' | 'replica' | 'empty'): Promise<void> {
  const busPorts = await Promise.all(Array.from({ length: second === 'none' ? 1 : 2 }, () => freePort()));
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
  const [master, other] = admins;
  await master!.call('CLUSTER', 'ADDSLOTSRANGE', 0, 16_383);
  await other?.call('CLUSTER', 'MEET', nodes[0]!.host, nodes[0]!.port, busPorts[0]!);
  if (other && second === 'replica') {
    const id = String(await master!.call('CLUSTER', 'MYID'));
    const replicate = (): Promise<unknown> => other.call('CLUSTER', 'REPLICATE', id).catch(() => null);
    await until('the nodes know each other', SETTLE_MS, async () => (await replicate()) === 'OK');
    await untilReplica(other);
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

/** How the nodes know a name. */
function place(name: string): string {
  return new Buckets(redis).place(name);
}

/** Has a node take over, and resolves when the client knows. */
async function takeOver(admin: Redis): Promise<void> {
  await admin.call('CLUSTER', 'FAILOVER', 'TAKEOVER');
  await until('the client has followed', SETTLE_MS, async () => {
    await look();
    return redis.nodes('master').some(({ options }) => options.port === admin.options.port);
  });
}

it.each([
  ['was the master from the start', 0],
  ['became one', 1],
])(
  'serves nothing from a master that %s and came back from its disk without an invalidation',
  async (_, which) => {
    await start(which === 0 ? 'none' : 'replica');
    const [node, admin] = [nodes[which]!, admins[which]!];
    if (which === 1) {
      await takeOver(admin);
      await until('the client is done', SETTLE_MS, async () => (await look()) === 'absent');
    }
    await fill();
    await admin.save();
    await store.invalidate([{ key: KEY, version: 2 }], [], HOUR_MS);
    await node.kill();
    expect(await look()).not.toBe('value');
    await node.restart();
    const seen = new Set<string>();
    await until('the invalidation is there again', SETTLE_MS, async () => {
      seen.add(await look());
      return (await admin.get(place(KEY)).catch(() => null)) === 'T2||';
    });
    expect(seen).not.toContain('value');
    await until('it is used again', SETTLE_MS, async () => (await look()) === 'absent');
  },
  60_000,
);

it('goes on reading while a slot moves to a node that has none yet', async () => {
  await start('empty');
  const [from, to] = admins as [Redis, Redis];
  const ids = (await Promise.all([from, to].map((admin) => admin.call('CLUSTER', 'MYID')))).map(String);
  const slot = Number(await from.call('CLUSTER', 'KEYSLOT', place('shop:row:moving')));
  const known = async (): Promise<boolean> => String(await from.call('CLUSTER', 'NODES')).includes(ids[1]!);
  await until('the nodes know each other', SETTLE_MS, known);
  await to.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[0]!);
  await from.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[1]!);
  await fill();
  const seen: string[] = [];
  for (let times = 0; times < 100; times++) {
    await store.look(['shop:row:moving'], []).catch(() => undefined); // is sent to the other node, for this once
    seen.push(await look());
  }
  expect(seen.filter((each) => each === 'value').length).toBeGreaterThan(90);
}, 60_000);

it('serves nothing from a new master that it is sent to before it is told who the masters are', async () => {
  await start('replica');
  const [master, heir] = admins as [Redis, Redis];
  for (const next of [heir, master]) {
    await takeOver(next); // there and back, so that the client is connected to both
    await untilReplica(next === heir ? master : heir);
  }
  await fill();
  await until('the replica has it', SETTLE_MS, async () => (await master.wait(1, 100)) === 1);
  await heir.readonly();
  expect(await heir.get(place(KEY))).toMatch(/^V1/);
  await master.config('SET', 'requirepass', 'keeps the replica out');
  await master.client('KILL', 'TYPE', 'replica');
  await store.invalidate([{ key: KEY, version: 2 }], [], HOUR_MS);
  expect(await heir.get(place(KEY))).toMatch(/^V1/);
  await heir.call('CLUSTER', 'FAILOVER', 'TAKEOVER');
  await until('the old master knows', SETTLE_MS, async () => (await master.info('replication')).includes('role:slave'));
  const seen = new Set<string>();
  for (let times = 0; times < 200; times++) seen.add(await look());
  expect(seen).not.toContain('value');
  await until('the invalidation is there again', SETTLE_MS, async () => {
    seen.add(await look());
    return (await heir.get(place(KEY))) === 'T2||';
  });
  expect(seen).not.toContain('value');
}, 60_000);
