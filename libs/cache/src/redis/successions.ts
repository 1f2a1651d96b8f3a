import type { Cluster, Redis } from 'ioredis';
import { isCluster } from './is-cluster.js';

/** Told, in turn, that commands may go to another server from now on, and whether they do. */
export interface SuccessionListener {
  readonly lost: () => void;
  /** `isAnother`: another server than before, or one that may have lost something. */
  readonly found: (isAnother: boolean) => void;
}

/**
 * Watches whether commands go to another server than before: a connection has come back, or a Cluster has other masters. Not
 * told of the first connection.
 */
export function watchSuccessions(redis: Redis | Cluster, listener: SuccessionListener): void {
  if (isCluster(redis)) watchMasters(redis, listener);
  else watchConnection(redis, listener);
}

function watchMasters(cluster: Cluster, listener: SuccessionListener): void {
  let before = cluster.status === 'ready' ? mastersOf(cluster) : null;
  cluster.on('refresh', () => {
    const now = mastersOf(cluster);
    const isAnother = before !== null && before !== now;
    before = now;
    if (!isAnother) return;
    listener.lost();
    listener.found(true);
  });
}

function mastersOf(cluster: Cluster): string {
  return cluster
    .nodes('master')
    .map(({ options: { host, port } }) => `${String(host)}:${String(port)}`)
    .sort()
    .join();
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

/**
 * One text for as long as a server neither restarts, nor becomes a replica or a master: only then it still has all that it has
 * acknowledged. `null` if it does not say.
 */
async function identityOf(redis: Redis): Promise<string | null> {
  const text = await redis.info('server', 'replication').catch(() => '');
  const [, run] = /^run_id:(\w+)/m.exec(text) ?? [];
  const [, history] = /^master_replid:(\w+)/m.exec(text) ?? [];
  return run && history ? `${run} ${history}` : null;
}
