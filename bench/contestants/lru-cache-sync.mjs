import { LRUCache } from 'lru-cache';
import { product } from '../lib/product.mjs';

/** The map alone. No library that can go to Redis may answer without a promise. */
export async function open({ maxEntries }) {
  const lru = new LRUCache({ max: maxEntries });
  return {
    synchronous: true,
    read: (id) => lru.get(id) ?? fill(lru, id),
    close: async () => lru.clear(),
  };
}

function fill(lru, id) {
  const value = product(id);
  lru.set(id, value);
  return value;
}
