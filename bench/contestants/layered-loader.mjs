import { GroupLoader, Loader, RedisCache, RedisGroupCache } from 'layered-loader';
import { connect } from '../lib/clients.mjs';
import { Lacks } from '../lib/lacks.mjs';

const TTL_MS = 3_600_000;
const logger = { error: () => undefined }; // it prints each failure otherwise

/**
 * `lru-map`, because its documentation advises it for string keys. Its groups stand for tags: an entry belongs to one.
 * `timeoutInMsecs` when resilient, because its documentation promises that Redis operations fail after it.
 */
export async function open({ server, load, l1, l2, maxEntries, tag, resilient }) {
  const redis = await connect(server);
  const config = {
    prefix: 'catalog:product',
    json: true,
    ttlInMsecs: TTL_MS,
    ...(resilient && { timeoutInMsecs: 100 }),
  };
  return tag === undefined
    ? openLoader({ redis, config, load, l1, l2, maxEntries })
    : openGroup({ redis, config, load, group: tag });
}

function openLoader({ redis, config, load, l1, l2, maxEntries }) {
  const loader = new Loader({
    ...(l1 && { inMemoryCache: { cacheType: 'lru-map', ttlInMsecs: TTL_MS, maxItems: maxEntries } }),
    ...(l2 && { asyncCache: new RedisCache(redis, config) }),
    logger,
    dataSourceGetOneFn: load,
    dataSourceGetManyFn: (ids) => Promise.all(ids.map(load)),
    cacheKeyFromValueResolver: ({ id }) => id,
  });
  return {
    read: (id) => loader.get(id),
    readMany: (ids) => loader.getMany(ids),
    invalidateTag() {
      throw new Lacks('layered-loader has groups in the place of tags');
    },
    close: async () => redis.disconnect(),
  };
}

function openGroup({ redis, config, load, group }) {
  const source = {
    name: 'source',
    getFromGroup: load,
    getManyFromGroup: (ids) => Promise.all(ids.map(load)),
  };
  const loader = new GroupLoader({
    asyncCache: new RedisGroupCache(redis, config),
    logger,
    dataSources: [source],
    cacheKeyFromValueResolver: ({ id }) => id,
  });
  return {
    read: (id) => loader.get(id, group),
    readMany: (ids) => loader.getMany(ids, group),
    invalidateTag: () => loader.invalidateCacheForGroup(group),
    close: async () => redis.disconnect(),
  };
}
