import { createKeyv as createRedis, createKeyvNonBlocking as createPatientRedis } from '@keyv/redis';
import { Cacheable, createKeyv as createMemory } from 'cacheable';
import { address } from '../lib/clients.mjs';

/**
 * `useClone: false`, because its documentation advises it for large objects. It always has two tiers: where a row wants
 * Redis alone the first holds one entry. `throwErrors: 'function'`, or a failing load would answer `undefined`.
 * Resilient: the non-blocking client and option that its documentation advises; reads then never wait for Redis.
 */
export async function open({ server, load, l1, maxEntries, tag, resilient }) {
  const secondary = resilient ? createPatientRedis(address(server)) : createRedis(address(server));
  const cache = new Cacheable({
    primary: createMemory({ lruSize: l1 ? maxEntries : 1, useClone: false }),
    secondary,
    ttl: '1h',
    tags: tag !== undefined,
    nonBlocking: resilient,
  });
  for (const each of [cache, secondary, secondary.store]) each.on('error', () => undefined);
  const options = { throwErrors: 'function' };
  return {
    read:
      tag === undefined
        ? (id) => cache.getOrSet(id, () => load(id), options)
        : (id) => readTagged(cache, id, load, tag),
    readMany: (ids) => cache.getMany(ids),
    invalidateTag: () => cache.tags.invalidateTag(tag),
    close: () => cache.disconnect(),
  };
}

/** `getOrSet` takes no tags, so reading and setting are two steps. */
async function readTagged(cache, id, load, tag) {
  const found = await cache.get(id);
  if (found !== undefined) return found;
  const value = await load(id);
  await cache.set(id, value, { tags: [tag] });
  return value;
}
