import { Redis } from 'ioredis';
import type { CacheUnderTest, LabConnection, Row } from '../adapter.js';

/** What differs between caches that are written by hand. */
export interface CacheAsideOptions {
  readonly ttlMs: number;
  /** What a writer does with the key after its commit. */
  readonly afterCommit: (redis: Redis, key: string) => Promise<unknown>;
}

/** Cache-aside as it is usually written: GET; on a miss load and SET. A Redis that refuses costs a load and no error. */
export function cacheAside(lab: LabConnection, options: CacheAsideOptions): CacheUnderTest {
  const redis = new Redis({ ...lab.redis, enableAutoPipelining: true });
  redis.on('error', () => undefined); // it reconnects by itself
  return {
    async read(key) {
      const cached = await redis.get(key).catch(() => null);
      if (cached !== null) return JSON.parse(cached) as Row;
      const row = await lab.load(key);
      await redis.set(key, JSON.stringify(row), 'PX', options.ttlMs).catch(() => undefined);
      return row;
    },
    async write(key, commit) {
      await commit();
      await options.afterCommit(redis, key);
    },
    close() {
      redis.disconnect();
      return Promise.resolve();
    },
  };
}
