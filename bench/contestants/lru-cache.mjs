import { LRUCache } from 'lru-cache';

/** The map under an in-process tier, asked through a function that returns a promise, as every cache with a Redis tier must. */
export async function open({ load, maxEntries }) {
  const lru = new LRUCache({ max: maxEntries });
  return {
    read: async (id) => lru.get(id) ?? fill(lru, id, load),
    close: async () => lru.clear(),
  };
}

async function fill(lru, id, load) {
  const value = await load(id);
  lru.set(id, value);
  return value;
}
