import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisDriver } from 'bentocache/drivers/redis';
import { connect } from '../lib/clients.mjs';
import { Lacks } from '../lib/lacks.mjs';

/**
 * `serialize: false`, because its documentation calls that much faster than the default, which parses on each hit.
 * Resilient: its circuit breaker, and errors of Redis suppressed, as its options offer. No bus: it is not on a hit's path.
 */
export async function open({ server, load, l1, l2, maxEntries, tag, resilient }) {
  const redis = await connect(server);
  const store = bentostore();
  if (l1) store.useL1Layer(memoryDriver({ maxItems: maxEntries, serialize: false }));
  if (l2) store.useL2Layer(redisDriver({ connection: redis }));
  const bento = new BentoCache({
    default: 'products',
    prefix: 'catalog:product',
    ttl: '1h',
    ...(resilient && { suppressL2Errors: true, l2CircuitBreakerDuration: '2s' }),
    stores: { products: store },
  });
  const tags = tag === undefined ? undefined : [tag];
  return {
    read: (key) => bento.getOrSet({ key, factory: () => load(key), tags }),
    readMany() {
      throw new Lacks('bentocache has no bulk read: `getOrSet` takes one key');
    },
    invalidateTag: () => bento.deleteByTag({ tags }),
    close: async () => redis.disconnect(),
  };
}
