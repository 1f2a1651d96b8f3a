import { createCache } from 'async-cache-dedupe';
import { Redis } from 'ioredis';

/** Its Redis storage; loads of one process are shared. */
export async function connect({ redis: server, load }) {
  const redis = new Redis(server);
  redis.on('error', () => undefined);
  const cache = createCache({ ttl: 60, storage: { type: 'redis', options: { client: redis } } });
  cache.define('row', (key) => load(key));
  return {
    read: (key) => cache.row(key),
    async write(key, commit) {
      await commit();
      await cache.clear('row', key);
    },
    close: async () => redis.disconnect(),
  };
}
