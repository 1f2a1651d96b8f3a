import { open, PEERS } from '../contestants/index.mjs';
import { checkReads, commandsDuring, countingLoad, same } from '../lib/check.mjs';
import { costOf } from '../lib/cpu.mjs';
import { shuffledIds } from '../lib/ids.mjs';
import { quantile } from '../lib/statistics.mjs';

const IDS = 2_000;
const SIZE = 100;
const IN_FLIGHT = 8;

/** A list page: 100 ids in one read, all of them in Redis. */
export const bulkRead = {
  name: 'bulk-read',
  title: `Bulk read of ${SIZE} ids, warm`,
  metrics: {
    rate: { label: `ids, ${IN_FLIGHT} bulk reads in flight`, unit: '/s', better: 'higher' },
    cpu: { label: 'CPU of an id in the process', unit: 'µs', better: 'lower' },
    p50: { label: 'p50 of one alone', unit: 'ms', better: 'lower' },
  },
  contestants: ['ioredis', 'larder', 'larder-unchecked', ...PEERS],
  rounds: 9,
  quickRounds: 3,
  judge: ({ median, bestPeer }) => [
    {
      aim: 'at least 0.8 of MGET + JSON.parse',
      ratio: median('larder', 'rate') / median('ioredis', 'rate'),
      atLeast: 0.8,
    },
    {
      aim: 'without a schema, at least 0.8 of MGET + JSON.parse',
      ratio: median('larder-unchecked', 'rate') / median('ioredis', 'rate'),
      atLeast: 0.8,
    },
    {
      aim: `against the best peer (${bestPeer('rate').label})`,
      ratio: median('larder', 'rate') / bestPeer('rate').median,
    },
  ],
  async prepare({ name, server, quick }) {
    const ids = shuffledIds(IDS);
    const load = countingLoad();
    const handle = await open(name, { server, load });
    const pages = Array.from({ length: IDS / SIZE }, (_, page) => ids.slice(page * SIZE, (page + 1) * SIZE));
    await checkReads(handle, load, ids);
    const loads = load.count;
    const commands = await commandsDuring(server, async () => {
      (await handle.readMany(pages[0])).forEach((value, index) => same(value, pages[0][index]));
    });
    if (load.count !== loads || commands < 1) throw new Error('A warm bulk read did not come from Redis');
    const measureMs = quick ? 60 : 250;
    await readPages(handle, pages, measureMs);
    return {
      sample: async () => ({
        ...(await costOf(() => readPages(handle, pages, measureMs))),
        p50: await medianMs(handle, pages, measureMs),
      }),
      close: () => handle.close(),
    };
  },
};

async function readPages(handle, pages, forMs) {
  const started = performance.now();
  let reads = 0;
  const reader = async () => {
    while (performance.now() - started < forMs) await handle.readMany(pages[reads++ % pages.length]);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, reader));
  return reads * SIZE;
}

async function medianMs(handle, pages, forMs) {
  const times = [];
  const until = performance.now() + forMs;
  for (let i = 0; performance.now() < until; i++) {
    const started = performance.now();
    await handle.readMany(pages[i % pages.length]);
    times.push(performance.now() - started);
  }
  return quantile(times, 0.5);
}
