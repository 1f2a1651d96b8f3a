import type { CacheUnderTest, LabConnection } from '../adapter.js';
import { cacheAside } from './cache-aside.js';

/** A write deletes the key after its commit. */
export function connect(lab: LabConnection): CacheUnderTest {
  return cacheAside(lab, { ttlMs: 60_000, afterCommit: (redis, key) => redis.del(key) });
}
