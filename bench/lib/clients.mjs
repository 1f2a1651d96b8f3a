import { Redis } from 'ioredis';

/**
 * The ioredis client of the raw rows and of the peers that take one. Auto-pipelining is the client's own documented way
 * to more throughput, and made none of the peers slower, so they all have it.
 */
export async function connect({ host, port, db = 0 }, { autoPipelining = true, ...options } = {}) {
  const redis = new Redis({ host, port, db, enableAutoPipelining: autoPipelining, lazyConnect: true, ...options });
  redis.on('error', () => undefined); // an outage is what some rows are about
  await redis.connect();
  return redis;
}

/** The same as an address, for peers that make their own client. */
export function address({ host, port, db = 0 }) {
  return `redis://${host}:${port}/${db}`;
}
