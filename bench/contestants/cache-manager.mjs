import { createKeyv as createRedis, createKeyvNonBlocking as createPatientRedis } from '@keyv/redis';
import { createCache } from 'cache-manager';
import { createKeyv as createMemory } from 'cacheable';
import { address } from '../lib/clients.mjs';
import { Lacks } from '../lib/lacks.mjs';

const TTL_MS = 3_600_000;

/**
 * Memory and Redis as its documentation combines them, the memory without cloning. Resilient: `nonBlocking`, and the
 * client of @keyv/redis that does not queue.
 */
export async function open({ server, load, l1, l2, maxEntries, tag, resilient }) {
  if (tag !== undefined) throw new Lacks('cache-manager has no tags');
  const stores = [];
  if (l1) stores.push(createMemory({ lruSize: maxEntries, useClone: false }));
  if (l2) stores.push(resilient ? createPatientRedis(address(server)) : createRedis(address(server)));
  for (const store of stores) store.on('error', () => undefined);
  const cache = createCache({ stores, ttl: TTL_MS, nonBlocking: resilient });
  return {
    read: (id) => cache.wrap(id, () => load(id)),
    readMany: (ids) => cache.mget(ids),
    close: () => cache.disconnect(),
  };
}
