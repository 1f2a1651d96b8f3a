import { Cache, connectRedis, RedisStore, type RedisSettings } from '@larder/cache';
import { ImportError } from './import-report.js';

/** Nobody waits for an import, and it tells the store thousands of things at once. */
const OPERATION_TIMEOUT_MS = 2_000;

/** Runs `work` with the cache on that Redis; with `null` if there is none. @throws {ImportError} if it does not answer */
export async function withCache<Result>(
  redis: RedisSettings | null,
  work: (cache: Cache | null) => Promise<Result>,
): Promise<Result> {
  if (redis === null) return work(null);
  let reason: Error | null = null;
  const client = connectRedis(redis, (error) => (reason = error));
  try {
    await client.connect().catch((cause: unknown) => {
      throw new ImportError(`Redis does not answer, so caches cannot be told: ${textOf(reason ?? cause)}`, { cause });
    });
    const cache = new Cache({ store: new RedisStore(client), operationTimeoutMs: OPERATION_TIMEOUT_MS });
    return await work(cache).finally(() => cache.close());
  } finally {
    client.disconnect();
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
