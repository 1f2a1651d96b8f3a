import type { Redis } from 'ioredis';
import type { Certificate } from './certificate.js';
import { answering, isReplicaInStep, operate } from './redis-operator.js';
import { startRedisProcess } from './redis-process.js';
import { startRedis, usersOf, type RedisOptions } from './redis.js';
import type { Server } from './server.js';
import { until } from './until.js';

const SENTINELS = 3;
const QUORUM = 2;
const DOWN_AFTER_MS = 500;
const FAILOVER_TIMEOUT_MS = 3_000;
const SETTLE_TIMEOUT_MS = 20_000;

/** How the data servers of a watched pair differ from a plain Redis, and who else may ask the Sentinels. */
export interface RedisSentinelOptions extends Pick<RedisOptions, 'certificate' | 'users'> {
  /** Users of the Sentinels beside their default one, which stays open. */
  readonly sentinelUsers?: readonly string[] | undefined;
}

/** A master, its replica, and three Sentinels that watch them, on 127.0.0.1. They end with this process. */
export interface WatchedRedis {
  /** What the Sentinels call the master. */
  readonly name: string;
  /** The two data servers; the first was the master at the start. */
  readonly servers: readonly [Server, Server];
  readonly sentinels: readonly Server[];
  /** The data server that the Sentinels call the master now. */
  master(): Promise<Server>;
  /** Makes the replica the master, as an operator does; resolves when the Sentinels say so. */
  promote(): Promise<Server>;
  /** Waits until `server` is the master, such as after the other was killed. */
  untilMaster(server: Server): Promise<void>;
  /** Waits until a living replica is in step, and all are known to every Sentinel. A master that was replaced becomes a replica only seconds later. */
  untilWhole(): Promise<void>;
  /** Ends all for good. */
  stop(): Promise<void>;
}

/** Starts a master, a replica and three Sentinels with a quorum of two; resolves when they know each other. */
export async function startRedisSentinel(options: RedisSentinelOptions = {}): Promise<WatchedRedis> {
  const { certificate, users, sentinelUsers } = options;
  const started: Server[] = [];
  const keep = <Each extends Server>(server: Each): Each => (started.push(server), server);
  try {
    const args = ['--repl-diskless-sync-delay', '0'];
    const master = keep(await startRedis({ certificate, users, args }));
    const replicaOf = ['--replicaof', master.host, String(master.port)];
    const replica = keep(await startRedis({ certificate, users, args: [...args, ...replicaOf] }));
    await until('the replica is in step', SETTLE_TIMEOUT_MS, () => operate(replica, certificate, isReplicaInStep));
    const sentinels = Array.from({ length: SENTINELS }, async () =>
      keep(await startSentinel(master, certificate, sentinelUsers)),
    );
    const watched = new StartedPair([master, replica], await Promise.all(sentinels), certificate);
    await watched.untilWhole();
    return watched;
  } catch (error) {
    await Promise.all(started.map((server) => server.stop()));
    throw error;
  }
}

const NAME = 'larder';

function startSentinel(
  { host, port }: Server,
  certificate: Certificate | undefined,
  users: readonly string[] | undefined,
): Promise<Server> {
  const config = [
    `sentinel monitor ${NAME} ${host} ${port} ${QUORUM}`,
    `sentinel down-after-milliseconds ${NAME} ${DOWN_AFTER_MS}`,
    `sentinel failover-timeout ${NAME} ${FAILOVER_TIMEOUT_MS}`,
    '',
  ].join('\n');
  const args = ['--sentinel', ...usersOf(users)];
  return startRedisProcess({ name: 'Sentinel', args, config, readyText: '+monitor master', certificate });
}

class StartedPair implements WatchedRedis {
  readonly name = NAME;

  constructor(
    readonly servers: readonly [Server, Server],
    readonly sentinels: readonly Server[],
    private readonly certificate: Certificate | undefined,
  ) {}

  async master(): Promise<Server> {
    const [port] = await this.ask(masterPort);
    const server = this.servers.find((each) => each.port === port);
    if (!server) throw new Error(`The master is on port ${String(port)}, where nobody is`);
    return server;
  }

  async promote(): Promise<Server> {
    const old = await this.master();
    const replica = this.servers[0] === old ? this.servers[1] : this.servers[0];
    const [sentinel] = await answering(this.sentinels, this.certificate);
    if (sentinel) await operate(sentinel, this.certificate, (redis) => redis.call('SENTINEL', 'FAILOVER', NAME));
    await this.untilMaster(replica);
    return replica;
  }

  async untilMaster(server: Server): Promise<void> {
    await until(`the server on port ${server.port} is the master`, SETTLE_TIMEOUT_MS, async () => {
      const role = await operate(server, this.certificate, (redis) => redis.info('replication'));
      const named = await this.ask(masterPort);
      return role.includes('role:master') && named.every((port) => port === server.port);
    });
  }

  async untilWhole(): Promise<void> {
    await until('the Sentinels know everybody', SETTLE_TIMEOUT_MS, async () => {
      const states = await this.ask((redis) => redis.call('SENTINEL', 'MASTER', NAME) as Promise<string[]>);
      const master = await this.master();
      const replicas = this.servers.filter((server) => server !== master);
      const inStep = await this.onLiving(replicas, isReplicaInStep);
      return !inStep.includes(false) && states.every((state) => isComplete(state));
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.sentinels, ...this.servers].map((server) => server.stop()));
  }

  private ask<Result>(question: (redis: Redis) => Promise<Result>): Promise<Result[]> {
    return this.onLiving(this.sentinels, question);
  }

  private async onLiving<Result>(
    servers: readonly Server[],
    work: (redis: Redis) => Promise<Result>,
  ): Promise<Result[]> {
    const living = await answering(servers, this.certificate);
    return Promise.all(living.map((server) => operate(server, this.certificate, work)));
  }
}

async function masterPort(redis: Redis): Promise<number> {
  const [, port] = (await redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', NAME)) as [string, string];
  return Number(port);
}

/** @param state names and values in turns, as SENTINEL MASTER answers */
function isComplete(state: readonly string[]): boolean {
  const read = (name: string): string | undefined => state[state.indexOf(name) + 1];
  const [flags, replicas, others] = [read('flags'), read('num-slaves'), read('num-other-sentinels')];
  return flags === 'master' && replicas === '1' && others === String(SENTINELS - 1);
}
