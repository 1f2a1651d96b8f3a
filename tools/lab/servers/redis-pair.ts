import { Redis } from 'ioredis';
import { startRedis, TcpProxy, until, type Server } from '../../services/index.js';
import type { Closing } from './closing.js';

const ARGS = ['--maxmemory-policy', 'volatile-lfu', '--repl-diskless-sync', 'yes', '--repl-diskless-sync-delay', '0'];
/** Less than an empty Redis needs: everything that may be evicted is, and nothing more is taken. */
const TOO_LITTLE = '1mb';
const ANSWER_WITHIN_MS = 5_000;
const SYNC_WITHIN_MS = 10_000;

/** A master and its replica behind one address, as a failover makes it. Neither keeps anything on disk. */
export class RedisPair {
  private constructor(
    private master: Server,
    private replica: Server,
    /** Where the proxy leads; changed by a promotion. */
    private readonly target: { host: string; port: number },
    /** The address for everybody. */
    readonly proxy: TcpProxy,
  ) {}

  static async start(closing: Closing): Promise<RedisPair> {
    const [master, replica] = await Promise.all([
      startRedis({ args: ARGS }).then((server) => closing.add(server, (each) => each.stop())),
      startRedis({ args: ARGS }).then((server) => closing.add(server, (each) => each.stop())),
    ]);
    const target = { host: master.host, port: master.port };
    const proxy = closing.add(await TcpProxy.start(target), (each) => each.stop());
    const pair = new RedisPair(master, replica, target, proxy);
    await pair.follow();
    return pair;
  }

  pause(): Promise<void> {
    return this.master.pause();
  }

  resume(): Promise<void> {
    return this.master.resume();
  }

  kill(): Promise<void> {
    return this.master.kill();
  }

  /** After {@link kill}: empty, with the replica behind it, which forgets as well. */
  async restartEmpty(): Promise<void> {
    await this.master.restart({ empty: true });
    await this.follow();
  }

  /** Takes the memory away, until {@link relax}. */
  async starve(): Promise<void> {
    await ask(this.master, (redis) => redis.config('SET', 'maxmemory', TOO_LITTLE));
  }

  async relax(): Promise<void> {
    await ask(this.master, (redis) => redis.config('SET', 'maxmemory', '0'));
  }

  /** From now on the replica hears of nothing, as if the line between the two were cut. */
  async detach(): Promise<void> {
    await ask(this.replica, (redis) => redis.replicaof('NO', 'ONE'));
  }

  /** Copies a key to the replica, without a doubt about what else it lacks. */
  async copyToReplica(key: string): Promise<void> {
    const value = await ask(this.master, (redis) => redis.get(key));
    if (value !== null) await ask(this.replica, (redis) => redis.set(key, value));
  }

  /** After {@link detach}: the address leads to the replica, and connections to the old master end. */
  promote(): void {
    [this.master, this.replica] = [this.replica, this.master];
    this.target.port = this.master.port;
    this.proxy.cut();
  }

  /** After {@link promote}: the old master follows the new one, and forgets what only it knew. */
  async follow(): Promise<void> {
    const { host, port } = this.master;
    await ask(this.replica, (redis) => redis.replicaof(host, port));
    await until('the replica follows its master', SYNC_WITHIN_MS, () =>
      ask(this.replica, async (redis) => (await redis.info('replication')).includes('master_link_status:up')),
    );
  }

  /** A question to the master, past the proxy. */
  get(key: string): Promise<string | null> {
    return ask(this.master, (redis) => redis.get(key));
  }
}

async function ask<Answer>(server: Server, question: (redis: Redis) => Promise<Answer>): Promise<Answer> {
  const { host, port } = server;
  const redis = new Redis({ host, port, lazyConnect: true, maxRetriesPerRequest: 1, commandTimeout: ANSWER_WITHIN_MS });
  redis.on('error', () => undefined); // the question fails of it
  try {
    await redis.connect();
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}
