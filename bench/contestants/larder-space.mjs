import { Cache, connectRedis, defineSpace, RedisStore, tag as nameTag } from '../../dist/libs/cache/src/index.js';

/** As the documentation shows it; nothing is tuned for the bench but the size of the in-process tier. */
export async function openLarder({ server, load, l1, maxEntries, tag, freshness }, value) {
  const products = defineSpace({
    service: 'catalog',
    entity: 'product',
    value,
    version: (product) => product.version,
    ttlMs: 3_600_000,
    ...(freshness && { freshness }),
    ...(l1 && { l1: { maxEntries, maxBytes: 256 * 2 ** 20, maxStalenessMs: 1_000 } }),
  });
  const redis = connectRedis(server, () => undefined);
  await redis.connect();
  if (server.db) await redis.select(server.db);
  const cache = new Cache({ store: new RedisStore(redis) });
  if (freshness) await certify(cache);
  const space = cache.space(products);
  const tags = tag === undefined ? undefined : [nameTag('catalog', 'bench', tag)];
  const options = tags && { tags };
  return {
    read: (id) => space.getOrSet(id, () => load(id), options),
    async readMany(ids) {
      const found = await space.getOrSetMany(ids, async (missing) => {
        const values = await Promise.all(missing.map(load));
        return new Map(values.map((each, index) => [missing[index], each]));
      });
      return ids.map((id) => found.get(id));
    },
    invalidateTag: () => cache.invalidate({ entries: [], tags }),
    async close() {
      await cache.close();
      redis.disconnect();
    },
  };
}

/** Once for the whole row: what certifies a running system several times a second is measured by bench:chain. */
async function certify(cache) {
  await cache.restartChain('catalog', 0, []);
  const asOfMs = Date.now() + 3_600_000;
  await cache.applyBatch('catalog', { after: 0, upTo: 0, asOfMs, entries: [], tags: [] });
}
