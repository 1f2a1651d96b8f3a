import type { Cluster, Redis } from 'ioredis';

/**
 * Calls `listener` whenever commands go to another server than before, or to one that may have lost something: a connection
 * has come back, or a Cluster has other masters. Never for the first connection.
 */
export function onSuccession(redis: Redis | Cluster, listener: () => void): void {
  let before = redis.status === 'ready' ? identityOf(redis) : null;
  redis.on(redis.isCluster ? 'refresh' : 'ready', () => {
    const now = identityOf(redis);
    if (before !== null && before !== now) listener();
    before = now;
  });
}

/** Differs between a server and its successor: a Cluster's masters, else the connection itself. */
function identityOf(redis: Redis | Cluster): unknown {
  if (!isCluster(redis)) return redis.stream;
  return redis
    .nodes('master')
    .map(({ options: { host, port } }) => `${String(host)}:${String(port)}`)
    .sort()
    .join();
}

function isCluster(redis: Redis | Cluster): redis is Cluster {
  return redis.isCluster;
}
