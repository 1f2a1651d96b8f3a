import type { CacheUnderTest, LabConnection } from '../adapter.js';
import { cacheAside } from './cache-aside.js';

const AGAIN_AFTER_MS = 500;

/** A write deletes the key after its commit, and once more in the background, for the sake of those who had read before. */
export function connect(lab: LabConnection): CacheUnderTest {
  return cacheAside(lab, {
    ttlMs: 60_000,
    afterCommit: async (redis, key) => {
      await redis.del(key);
      setTimeout(() => {
        redis.del(key).catch(() => undefined);
      }, AGAIN_AFTER_MS);
    },
  });
}
