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
  /** Who answers at an address; `null`: it did not say. */
  private readonly identities = new Map<string, string | null>();

  constructor(
    private readonly cluster: Cluster,
    private readonly listener: SuccessionListener,
  ) {
    if (cluster.status === 'ready') this.compare();
    cluster.on('+node', (node: Redis) => {
      this.identify(node);
    });
    cluster.on('refresh', () => {
      this.compare();
    });
  }

  /**
   * The client follows a redirection to a new master before it asks who the masters are, and notes at once whose the slot is. A
   * node that a slot is only moving to has none yet.
   */
  readonly isAhead = (): boolean => {
    const { masters, cluster } = this;
    if (masters === null) return false;
    const unknown = cluster
      .nodes('master')
      .map(addressOf)
      .filter((address) => !masters.has(address));
    return unknown.length > 0 && cluster.slots.some(([owner]) => owner !== undefined && unknown.includes(owner));
  };

  private compare(): void {
    const nodes = this.cluster.nodes('master');
    const [before, now] = [this.masters, new Set(nodes.map(addressOf))];
    this.masters = now;
    for (const node of nodes) if (!this.identities.has(addressOf(node))) this.identify(node);
    if (before !== null && !(before.size === now.size && [...now].every((each) => before.has(each)))) this.tell();
  }

  /** A restarted master has its address still. Asked as soon as it is connected, so that no answer to a read comes earlier. */
  private identify(node: Redis): void {
    if (node.options.readOnly === true) return;
    // Not earlier: the client takes a node that is being connected for one that it cannot use.
    if (node.status === 'wait') node.once('connect', () => void this.ask(node));
    else void this.ask(node);
  }

  private ask(node: Redis): Promise<void> {
    const note = (info: string): void => {
      const [address, now] = [addressOf(node), identityIn(info)];
      const isAnother = this.identities.has(address) && (now === null || this.identities.get(address) !== now);
      this.identities.set(address, now);
      if (isAnother) this.tell();
    };
    return infoOf(node).then(note, () => {
      if (node.status === 'ready') note(''); // otherwise its next connection is asked
    });
  }

  private tell(): void {
    this.listener.lost();
    this.listener.found(true);
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
