import { connect } from '../lib/clients.mjs';

const TTL_MS = 3_600_000;

/** What a team writes by hand that wants no more than speed: keys as the others', no coalescing, no fence. */
export async function openRaw({ server, load, tag }, clientOptions) {
  const redis = await connect(server, clientOptions);
  const keyOf = (id) => `catalog:product:${id}`;
  const tagKey = `catalog:tag:${tag}`;
  return {
    async read(id) {
      const found = await redis.get(keyOf(id));
      if (found !== null) return JSON.parse(found);
      const value = await load(id);
      await redis.set(keyOf(id), JSON.stringify(value), 'PX', TTL_MS);
      return value;
    },
    async readMany(ids) {
      return (await redis.mget(ids.map(keyOf))).map((found) => JSON.parse(found));
    },
    async invalidateTag() {
      await redis.set(tagKey, Date.now());
    },
    close: async () => redis.disconnect(),
  };
}
