import type { Cluster, Redis } from 'ioredis';

/** Whether the client is one of a Redis Cluster. */
export function isCluster(redis: Redis | Cluster): redis is Cluster {
  return redis.isCluster;
}
