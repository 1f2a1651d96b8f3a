import { open, PEERS } from '../contestants/index.mjs';
import { checkInProcess, checkReads, countingLoad } from '../lib/check.mjs';
import { connect } from '../lib/clients.mjs';
import { shuffledIds } from '../lib/ids.mjs';

const WARM_IDS = 200;
const AT_ONCE = 200;

/** Memory of the process per entry of the in-process tier, the value's own included. */
export const l1Heap = {
  name: 'l1-heap',
  title: 'Memory of the process per L1 entry',
  metrics: { bytes: { label: 'heap and buffers', unit: 'B', better: 'lower' } },
  contestants: ['lru-cache', 'larder', ...PEERS],
  nodeArgs: ['--expose-gc'],
  rounds: 3,
  quickRounds: 1,
  judge: ({ median, bestPeer }) => [
    { aim: 'bytes over lru-cache', ratio: median('larder', 'bytes') - median('lru-cache', 'bytes'), unit: 'B' },
    {
      aim: `against the best peer (${bestPeer('bytes').label})`,
      ratio: median('larder', 'bytes') / bestPeer('bytes').median,
    },
  ],
  async prepare({ name, server, quick }) {
    const ids = shuffledIds(quick ? 4_000 : 20_000);
    const options = { server, l1: true, maxEntries: ids.length * 2 };
    const warm = await open(name, { ...options, load: countingLoad() });
    await fill(warm, ids.slice(0, WARM_IDS)); // code and connections before the first weighing
    return {
      async sample() {
        await flush(server);
        const load = countingLoad();
        const handle = await open(name, { ...options, load });
        await fill(handle, ids.slice(0, 1));
        const before = await weigh();
        await fill(handle, ids);
        const bytes = ((await weigh()) - before) / ids.length;
        await checkReads(handle, load, ids.slice(0, 100));
        await checkInProcess(handle, ids, server); // what was dropped again weighs nothing, which is no merit
        await handle.close();
        return { bytes };
      },
      close: () => warm.close(),
    };
  },
};

/** Entries come from loads, as in the first round, and not from Redis. */
async function flush(server) {
  const redis = await connect(server);
  await redis.flushdb('SYNC');
  redis.disconnect();
}

async function fill(handle, ids) {
  for (let i = 0; i < ids.length; i += AT_ONCE)
    await Promise.all(ids.slice(i, i + AT_ONCE).map((id) => handle.read(id)));
}

/** Bytes in use after everything that can be collected was. */
async function weigh() {
  for (let i = 0; i < 4; i++) {
    await new Promise(setImmediate);
    globalThis.gc();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
