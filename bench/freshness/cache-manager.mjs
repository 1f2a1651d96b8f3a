import { createKeyv } from '@keyv/redis';
import { createCache } from 'cache-manager';

/** Redis alone: it has nothing that would tell the memory of another process of a change. */
export async function connect({ redis: { host, port }, load }) {
  const store = createKeyv(`redis://${host}:${port}`);
  store.on('error', () => undefined);
  const cache = createCache({ stores: [store], ttl: 60_000 });
  return {
    read: (key) => cache.wrap(key, () => load(key)),
    async write(key, commit) {
      await commit();
      await cache.del(key);
    },
    close: () => cache.disconnect(),
  };
}
