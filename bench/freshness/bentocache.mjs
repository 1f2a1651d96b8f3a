import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { Redis } from 'ioredis';

/** Memory, Redis and a bus between processes, as its documentation combines them for more than one process. */
export async function connect({ redis: server, load }) {
  const redis = new Redis(server);
  redis.on('error', () => undefined);
  const store = bentostore()
    .useL1Layer(memoryDriver({ maxItems: 10_000 }))
    .useL2Layer(redisDriver({ connection: redis }))
    .useBus(redisBusDriver({ connection: server }));
  const bento = new BentoCache({ default: 'rows', ttl: '60s', stores: { rows: store } });
  return {
    read: (key) => bento.getOrSet({ key, factory: () => load(key) }),
    async write(key, commit) {
      await commit();
      await bento.delete({ key });
    },
    close: () => bento.disconnectAll(),
  };
}
