import type { Cluster, Redis } from 'ioredis';
import { isCluster } from '../redis/is-cluster.js';
import { scripts } from './scripts/index.js';
import { versionsOf, type Versions } from './versions.js';

/**
 * What each of these sessions remembers, in the order of their keys: one call for all, as a command for each costs the client
 * several times as much. On a Cluster, where a call's keys must be of one slot, each is its own.
 */
export async function recallEach(redis: Redis | Cluster, keys: readonly string[]): Promise<Versions[]> {
  const calls = isCluster(redis) ? keys.map((key) => [key]) : [keys];
  const texts = await Promise.all(calls.map((each) => scripts.recall(redis, each, [])));
  return texts.flat().map(versionsOf);
}
