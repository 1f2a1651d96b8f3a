/** A process that takes the lease of a key, says "loading", and never gets further. Arguments: port, id, leaseMs. */
import { register } from 'node:module';

register('./source-loader.mjs', import.meta.url);
const { Cache, connectRedis, RedisStore } = await import('../../src/index.ts');
const { rows } = await import('./rows.ts');

const [port, id, leaseMs] = process.argv.slice(2);
const redis = connectRedis({ host: '127.0.0.1', port: Number(port) }, () => undefined);
await redis.connect();
const cache = new Cache({ store: new RedisStore(redis), leaseMs: Number(leaseMs) });
await cache.space(rows).getOrSet(id, () => {
  process.stdout.write('loading\n');
  return new Promise(() => undefined);
});
