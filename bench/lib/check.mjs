import { isDeepStrictEqual } from 'node:util';
import { connect } from './clients.mjs';
import { Lacks } from './lacks.mjs';
import { product } from './product.mjs';

/** A loader that counts, for checks that something was read and not loaded. */
export function countingLoad(delay = () => undefined) {
  const load = async (id) => {
    load.count++;
    await delay();
    return product(id);
  };
  load.count = 0;
  return load;
}

/** Reads each id twice: the first may load, the second must not, and both must give what was written. */
export async function checkReads(handle, load, ids) {
  for (const id of ids) same(await handle.read(id), id);
  const loads = load.count;
  for (const id of ids) same(await handle.read(id), id);
  if (load.count !== loads) throw new Error(`${load.count - loads} of ${ids.length} repeated reads loaded again`);
}

/** @throws {Error} if `value` is not the product `id` */
export function same(value, id) {
  if (!isDeepStrictEqual(value, product(id)))
    throw new Error(`read ${shown(value)} and not what was written for ${id}`);
}

function shown(value) {
  return typeof value === 'object' ? 'another object' : String(value);
}

/** How many commands Redis carried out while `work` ran; only this process may use it meanwhile. */
export async function commandsDuring(server, work) {
  const redis = await connect(server);
  try {
    const before = await processed(redis);
    await work();
    return (await processed(redis)) - before - 1;
  } finally {
    redis.disconnect();
  }
}

/** @throws {Lacks} if hits go to Redis: they are none of an in-process tier */
export async function checkInProcess(handle, ids, server) {
  const commands = await commandsDuring(server, async () => {
    for (const id of ids) await handle.read(id);
  });
  if (commands > ids.length / 10)
    throw new Lacks(`no in-process tier: ${ids.length} hits cost Redis ${commands} commands`);
}

async function processed(redis) {
  return Number(/total_commands_processed:(\d+)/.exec(await redis.info('stats'))[1]);
}
