import { createKeyv as createRedis } from '@keyv/redis';
import { Cacheable, createKeyv as createMemory } from 'cacheable';

/**
 * It always has two tiers; the first holds one entry, as it would not hear of another process's changes.
 * `throwErrors: 'function'`, or a failing load would answer `undefined`.
 */
export async function connect({ redis: { host, port }, load }) {
  const secondary = createRedis(`redis://${host}:${port}`);
  const cache = new Cacheable({ primary: createMemory({ lruSize: 1 }), secondary, ttl: '60s' });
  for (const each of [cache, secondary, secondary.store]) each.on('error', () => undefined);
  return {
    read: (key) => cache.getOrSet(key, () => load(key), { throwErrors: 'function' }),
    async write(key, commit) {
      await commit();
      await cache.delete(key);
    },
    close: () => cache.disconnect(),
  };
}
