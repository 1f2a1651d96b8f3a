import { Cluster, Redis, type ClusterOptions } from 'ioredis';
import type { ClientOptions } from './client-options.js';
import type { RedisAddress } from './redis-settings.js';

/** How often a node is asked who serves what, beside each time that a node sends a command elsewhere. */
const REFRESH_MS = 5_000;

type Options = Omit<ClusterOptions, 'redisOptions'> & { readonly redisOptions: ClientOptions };

/**
 * A Cluster client that connects to every master at once. The plain one connects to a node when the first command needs it,
 * and without an offline queue refuses all others until that connection is up.
 */
export class MasterCluster extends Cluster {
  private isAsking = false;
  private timer: NodeJS.Timeout | undefined;

  /** @param addresses of nodes that name the others */
  constructor(
    private readonly addresses: readonly RedisAddress[],
    private readonly given: Options,
  ) {
    super([...addresses], given);
    this.on('+node', (node: Redis) => {
      setImmediate(() => {
        if (this.status === 'ready') void open(node);
      });
    });
    this.on('ready', () => {
      this.keepCurrent();
    });
    this.on('close', () => {
      clearInterval(this.timer);
    });
    this.on('error', () => void this.explain());
  }

  /** Resolves once the cluster is known and every master has been connected to, or could not be. */
  override async connect(): Promise<void> {
    await super.connect();
    await Promise.all(this.nodes('master').map(open));
  }

  /** The client's own timer survives a `disconnect()` that comes while it asks. */
  private keepCurrent(): void {
    clearInterval(this.timer);
    this.timer = setInterval(() => {
      this.refreshSlotsCache();
    }, REFRESH_MS).unref();
  }

  /** The client says that no node answers, and keeps the reason to itself: asks one node, and reports what that meets. */
  private async explain(): Promise<void> {
    const address = this.addresses[Math.floor(Math.random() * this.addresses.length)];
    if (this.isAsking || !address) return;
    this.isAsking = true;
    const node = new Redis({ ...this.given.redisOptions, ...address, lazyConnect: true, retryStrategy: null });
    node.on('error', (error) => this.emit('node error', error, `${address.host}:${address.port}`));
    await node.connect().catch(() => undefined); // reported already
    node.disconnect();
    this.isAsking = false;
  }
}

/** A node that cannot be reached reports its error itself, and is tried again when the cluster names it again. */
async function open(node: Redis): Promise<void> {
  if (node.status !== 'wait' || node.options.readOnly === true) return;
  await node.connect().catch(() => undefined);
}
