import type { Cluster, Redis } from 'ioredis';
import { isCluster } from './is-cluster.js';
import { identityIn, identityOf, infoOf } from './server-identity.js';

/** Told, in turn, that commands may go to another server from now on, and whether they do. */
export interface SuccessionListener {
  readonly lost: () => void;
  /** `isAnother`: another server than before, or one that may have lost something. */
  readonly found: (isAnother: boolean) => void;
}

/** What {@link watchSuccessions} answers. */
export interface Watch {
  /** Whether commands go to a server already that no listener has been told of yet. */
  readonly isAhead: () => boolean;
}

/**
 * Watches whether commands go to another server than before: a connection has come back, or a Cluster has other masters, or
 * one of them has been restarted. Not told of the first connection.
 */
export function watchSuccessions(redis: Redis | Cluster, listener: SuccessionListener): Watch {
  if (isCluster(redis)) return new MastersWatch(redis, listener);
  watchConnection(redis, listener);
  return { isAhead: () => false };
}

class MastersWatch implements Watch {
  /** The addresses that the last refresh found; `null` before the first. */
  private masters: ReadonlySet<string> | null = null;
  /** Who answers at an address, as far as it has said. */
  private readonly identities = new Map<string, string>();

  constructor(
    private readonly cluster: Cluster,
    private readonly listener: SuccessionListener,
  ) {
    if (cluster.status === 'ready') this.masters = this.now();
    for (const node of cluster.nodes('master')) this.identify(node);
    cluster.on('+node', (node: Redis) => {
      this.identify(node);
    });
    cluster.on('refresh', () => {
      this.compare();
    });
  }

  /** The client follows a redirection to a new master before it asks who the masters are. */
  readonly isAhead = (): boolean => {
    const { masters } = this;
    return masters !== null && this.cluster.nodes('master').some((node) => !masters.has(addressOf(node)));
  };

  private compare(): void {
    const [before, now] = [this.masters, this.now()];
    this.masters = now;
    if (before !== null && !(before.size === now.size && [...now].every((each) => before.has(each)))) this.tell();
  }

  /** A restarted master has its address still. Asked before anything else is: so no answer to a read can come earlier. */
  private identify(node: Redis): void {
    if (node.options.readOnly === true) return;
    const address = addressOf(node);
    infoOf(node).then(
      (text) => {
        const before = this.identities.get(address);
        const now = identityIn(text);
        if (now !== null) this.identities.set(address, now);
        if (before !== undefined && before !== now) this.tell();
      },
      () => undefined, // not connected, which its next connection makes up for
    );
  }

  private tell(): void {
    this.listener.lost();
    this.listener.found(true);
  }

  private now(): ReadonlySet<string> {
    return new Set(this.cluster.nodes('master').map(addressOf));
  }
}

function addressOf({ options: { host, port } }: Redis): string {
  return `${String(host)}:${String(port)}`;
}

function watchConnection(redis: Redis, { lost, found }: SuccessionListener): void {
  let before: string | null = null;
  let isLost = false;
  const ask = async (): Promise<void> => {
    const { stream } = redis;
    const now = await identityOf(redis);
    if (redis.stream !== stream || redis.status !== 'ready') return; // gone again, and lost is told, or still is
    const isAnother = now === null || now !== before;
    before = now;
    if (isLost) found(isAnother);
    isLost = false;
  };
  redis.on('close', () => {
    if (isLost) return;
    isLost = true;
    lost();
  });
  redis.on('ready', () => void ask());
  if (redis.status === 'ready') void ask();
}
