import { createCache } from 'async-cache-dedupe';
import { connect } from '../lib/clients.mjs';
import { Lacks } from '../lib/lacks.mjs';

/**
 * One storage per function, memory or Redis, never both: the in-process rows show its memory, the others its Redis.
 * Invalidation (its references) only where a row needs it, because it costs on each write.
 */
export async function open({ server, load, l1, maxEntries, tag }) {
  const redis = l1 ? null : await connect(server);
  const invalidation = tag === undefined ? false : { referencesTTL: 3_600 };
  const storage = l1
    ? { type: 'memory', options: { size: maxEntries, invalidation: tag !== undefined } }
    : { type: 'redis', options: { client: redis, invalidation } };
  const cache = createCache({ ttl: 3_600, storage });
  cache.define('product', tag === undefined ? {} : { references: () => [tag] }, load);
  return {
    read: (id) => cache.product(id),
    readMany() {
      throw new Lacks('async-cache-dedupe has no bulk read: a defined function takes one argument');
    },
    invalidateTag: () => cache.invalidateAll(tag),
    close: async () => redis?.disconnect(),
  };
}
