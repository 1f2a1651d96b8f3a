/** Everybody who takes part. `raw` is the limit that nobody can pass, `own` is this project, `peer` another library. */
export const CONTESTANTS = {
  'lru-cache': { label: 'lru-cache get, awaited', kind: 'raw', packages: ['lru-cache'] },
  'lru-cache-sync': { label: 'lru-cache get, not awaited', kind: 'raw', packages: ['lru-cache'] },
  ioredis: { label: 'ioredis + JSON.parse', kind: 'raw', packages: ['ioredis'] },
  'ioredis-pipelined': { label: 'ioredis auto-pipelining + JSON.parse', kind: 'raw', packages: ['ioredis'] },
  load: { label: 'the load alone', kind: 'raw', packages: [] },
  larder: { label: 'larder', kind: 'own', packages: [] },
  'larder-bounded': { label: 'larder, bounded', kind: 'own', packages: [] },
  'larder-unchecked': { label: 'larder without a schema', kind: 'own', packages: [] },
  bentocache: { label: 'bentocache', kind: 'peer', packages: ['bentocache'] },
  'async-cache-dedupe': { label: 'async-cache-dedupe', kind: 'peer', packages: ['async-cache-dedupe'] },
  'layered-loader': { label: 'layered-loader', kind: 'peer', packages: ['layered-loader'] },
  cacheable: { label: 'cacheable', kind: 'peer', packages: ['cacheable', '@keyv/redis'] },
  'cache-manager': { label: 'cache-manager', kind: 'peer', packages: ['cache-manager', 'keyv', '@keyv/redis'] },
};

/** The names of the peers, in the order of the table. */
export const PEERS = Object.keys(CONTESTANTS).filter((name) => CONTESTANTS[name].kind === 'peer');

/**
 * Opens a contestant's cache. What it takes and gives is the same for all:
 *
 * `server` where Redis is · `load(id)` · `l1` whether there is an in-process tier of `maxEntries` · `l2` whether there is
 * Redis · `tag` which all entries then carry · `resilient` whether to follow the library's advice for outages.
 *
 * The handle has `read(id)`, `readMany(ids)` as an array, `invalidateTag()` and `close()`; the last two and `readMany`
 * throw `Lacks` where the library has no such thing.
 */
export async function open(name, options) {
  const { open } = await import(`./${name}.mjs`);
  return open({ l1: false, l2: true, maxEntries: 10_000, resilient: false, ...options });
}
