import type { Redis } from 'ioredis';
import type { Certificate } from './certificate.js';
import { freePort } from './ports.js';
import { answering, isReplicaInStep, operate } from './redis-operator.js';
import { startRedis, type RedisOptions } from './redis.js';
import type { Server } from './server.js';
import { until } from './until.js';

const MASTERS = 3;
const LAST_SLOT = 16_383;
const NODE_TIMEOUT_MS = 1_000;
const SETTLE_TIMEOUT_MS = 20_000;

/** How the nodes of a cluster for tests differ from a plain Redis. */
export type RedisClusterOptions = Pick<RedisOptions, 'certificate' | 'users'>;

/** Three masters with one replica each, on 127.0.0.1. They end with this process. */
export interface RedisCluster {
  /** All six, the first three masters first; the replica of `nodes[i]` is `nodes[i + 3]`. */
  readonly nodes: readonly Server[];
  /** The node that serves a key now, as the others see it. */
  masterOf(key: string): Promise<Server>;
  /** The replica of a master, by who they are now. */
  replicaOf(master: Server): Promise<Server>;
  /** Makes a replica the master of its slots without losing a write, as an operator does before maintenance; resolves when all know. */
  failOver(replica: Server): Promise<void>;
  /** Waits until a node is a master that the living nodes agree on, such as after its master was killed. */
  untilMaster(node: Server): Promise<void>;
  /** Waits until every slot is served, every living replica is in step, and all living nodes see the same. */
  untilWhole(): Promise<void>;
  /** Ends all nodes for good. */
  stop(): Promise<void>;
}

/** Starts six nodes and joins them; resolves when every slot is served and every replica is in step. */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<RedisCluster> {
  const busPorts = await Promise.all(Array.from({ length: 2 * MASTERS }, () => freePort()));
  const started = await Promise.allSettled(busPorts.map((busPort) => startNode(busPort, options)));
  const nodes = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const cluster = new StartedCluster(nodes, options.certificate);
  try {
    for (const result of started) if (result.status === 'rejected') throw result.reason;
    await cluster.join(busPorts);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

function startNode(busPort: number, options: RedisClusterOptions): Promise<Server> {
  const args = [
    ...['--cluster-enabled', 'yes', '--cluster-port', String(busPort)],
    ...['--cluster-node-timeout', String(NODE_TIMEOUT_MS), '--repl-diskless-sync-delay', '0'],
  ];
  return startRedis({ ...options, args });
}

/** A line of CLUSTER NODES. */
interface Member {
  readonly id: string;
  readonly port: number;
  readonly flags: readonly string[];
  readonly masterId: string;
}

class StartedCluster implements RedisCluster {
  constructor(
    readonly nodes: readonly Server[],
    private readonly certificate: Certificate | undefined,
  ) {}

  /** Gives slots to the first three, introduces all to the first, and makes the others replicas. */
  async join(busPorts: readonly number[]): Promise<void> {
    const share = Math.ceil((LAST_SLOT + 1) / MASTERS);
    await this.onEach(async (redis, index) => {
      await redis.call('CLUSTER', 'SET-CONFIG-EPOCH', index + 1);
      if (index >= MASTERS) return;
      await redis.call('CLUSTER', 'ADDSLOTSRANGE', index * share, Math.min((index + 1) * share - 1, LAST_SLOT));
    });
    await this.onEach(async (redis) => {
      for (const [index, { host, port }] of this.nodes.entries()) {
        await redis.call('CLUSTER', 'MEET', host, port, busPorts[index] ?? 0);
      }
    });
    const everybodyKnows = async (redis: Redis): Promise<boolean> =>
      (await membersOf(redis)).filter(({ flags }) => !flags.includes('handshake')).length === this.nodes.length;
    await until('the cluster knows its nodes', SETTLE_TIMEOUT_MS, () => this.all(everybodyKnows));
    const ids = await this.onEach((redis) => redis.call('CLUSTER', 'MYID'));
    await this.onEach(async (redis, index) => {
      if (index >= MASTERS) await redis.call('CLUSTER', 'REPLICATE', String(ids[index - MASTERS]));
    });
    await this.untilWhole();
  }

  async masterOf(key: string): Promise<Server> {
    const slot = Number(await this.onLiving((redis) => redis.call('CLUSTER', 'KEYSLOT', key)));
    const ranges = (await this.onLiving((redis) => redis.call('CLUSTER', 'SLOTS'))) as SlotRange[];
    const range = ranges.find(([from, to]) => from <= slot && slot <= to);
    return this.at(range?.[2][1]);
  }

  async replicaOf(master: Server): Promise<Server> {
    const members = await this.onLiving(membersOf);
    const id = members.find(({ port }) => port === master.port)?.id;
    return this.at(members.find(({ masterId }) => masterId === id)?.port);
  }

  async failOver(replica: Server): Promise<void> {
    await operate(replica, this.certificate, (redis) => redis.call('CLUSTER', 'FAILOVER'));
    await this.untilMaster(replica);
  }

  async untilMaster({ port }: Server): Promise<void> {
    const agreed = async (redis: Redis): Promise<boolean> => {
      const ranges = (await redis.call('CLUSTER', 'SLOTS')) as SlotRange[];
      return ranges.some(([, , [, master]]) => master === port) && (await isOk(redis));
    };
    await until(`the node on port ${port} is a master`, SETTLE_TIMEOUT_MS, () => this.all(agreed));
  }

  async untilWhole(): Promise<void> {
    await until('the cluster is whole', SETTLE_TIMEOUT_MS, async () => {
      if (!(await this.all(async (redis) => (await isOk(redis)) && (await isMasterOrInStep(redis))))) return false;
      const nodes = await this.living();
      const views = await Promise.all(nodes.map((node) => operate(node, this.certificate, portsOf)));
      return new Set(views.map(String)).size === 1 && views[0]?.length === nodes.length;
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }

  private at(port: number | undefined): Server {
    const node = this.nodes.find((each) => each.port === port);
    if (!node) throw new Error('No such node in the cluster');
    return node;
  }

  private living(): Promise<Server[]> {
    return answering(this.nodes, this.certificate);
  }

  private async all(check: (redis: Redis) => Promise<boolean>): Promise<boolean> {
    const nodes = await this.living();
    const answers = await Promise.all(nodes.map((node) => operate(node, this.certificate, check)));
    return !answers.includes(false);
  }

  private onEach<Result>(work: (redis: Redis, index: number) => Promise<Result>): Promise<Result[]> {
    return Promise.all(this.nodes.map((node, index) => operate(node, this.certificate, (redis) => work(redis, index))));
  }

  private async onLiving<Result>(work: (redis: Redis) => Promise<Result>): Promise<Result> {
    const [node] = await this.living();
    if (!node) throw new Error('No node of the cluster answers');
    return operate(node, this.certificate, work);
  }
}

type SlotNode = [host: string, port: number, ...more: unknown[]];
type SlotRange = [from: number, to: number, master: SlotNode, ...replicas: SlotNode[]];

async function membersOf(redis: Redis): Promise<Member[]> {
  const text = String(await redis.call('CLUSTER', 'NODES'));
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [id = '', address = '', flags = '', masterId = ''] = line.split(' ');
      return { id, port: Number(/:(\d+)@/.exec(address)?.[1]), flags: flags.split(','), masterId };
    });
}

async function isOk(redis: Redis): Promise<boolean> {
  const info = String(await redis.call('CLUSTER', 'INFO'));
  return info.includes('cluster_state:ok') && info.includes(`cluster_slots_ok:${LAST_SLOT + 1}`);
}

async function isMasterOrInStep(redis: Redis): Promise<boolean> {
  const members = await membersOf(redis);
  const isMaster = members.some(({ flags }) => flags.includes('myself') && flags.includes('master'));
  return isMaster || (await isReplicaInStep(redis));
}

/** Who serves or follows, as one node sees it: the ports of each master and its replicas, by slots. */
async function portsOf(redis: Redis): Promise<number[]> {
  const ranges = (await redis.call('CLUSTER', 'SLOTS')) as SlotRange[];
  return ranges
    .sort(([one], [other]) => one - other)
    .flatMap(([, , [, master], ...replicas]) => [master, ...replicas.map(([, port]) => port).sort((a, b) => a - b)]);
}
