import { PerformanceObserver } from 'node:perf_hooks';
import { open, PEERS } from '../contestants/index.mjs';
import { checkInProcess, checkReads, countingLoad } from '../lib/check.mjs';
import { shuffledIds } from '../lib/ids.mjs';
import { Lacks } from '../lib/lacks.mjs';

const IDS = 1_000;
const AT_ONCE = 200;
const L1_READS = 20_000;
const L2_READS = 10_000;

/**
 * What a hit allocates. The young generation is made so large that nothing is collected while it is measured; a
 * measurement in which something was is thrown away.
 */
export const garbage = {
  name: 'garbage',
  title: 'Bytes allocated per hit',
  metrics: {
    l1: { label: 'L1 hit', unit: 'B', better: 'lower' },
    l2: { label: 'L2 hit', unit: 'B', better: 'lower' },
  },
  contestants: ['lru-cache', 'ioredis-pipelined', 'larder', 'larder-unchecked', ...PEERS],
  nodeArgs: ['--expose-gc', '--min-semi-space-size=512', '--max-semi-space-size=512'],
  rounds: 3,
  quickRounds: 1,
  judge: ({ median, bestPeer }) => [
    { aim: 'L1 hit, bytes over lru-cache', ratio: median('larder', 'l1') - median('lru-cache', 'l1'), unit: 'B' },
    {
      aim: `L1 hit against the best peer (${bestPeer('l1').label})`,
      ratio: median('larder', 'l1') / bestPeer('l1').median,
    },
    {
      aim: 'L2 hit against ioredis with auto-pipelining',
      ratio: median('larder', 'l2') / median('ioredis-pipelined', 'l2'),
    },
    {
      aim: `L2 hit against the best peer (${bestPeer('l2').label})`,
      ratio: median('larder', 'l2') / bestPeer('l2').median,
    },
  ],
  async prepare({ name, server, quick }) {
    const ids = shuffledIds(IDS);
    const share = quick ? 0.25 : 1;
    const l1 = name.startsWith('ioredis') ? null : await warmed({ name, server, ids, l1: true }).catch(unlessLacking);
    const l2 = name === 'lru-cache' ? null : await warmed({ name, server, ids, l1: false });
    return {
      sample: async () => ({
        ...(l1 && { l1: await allocated(l1, ids, L1_READS * share) }),
        ...(l2 && { l2: await allocated(l2, ids, L2_READS * share) }),
      }),
      async close() {
        await l1?.close();
        await l2?.close();
      },
    };
  },
};

async function warmed({ name, server, ids, l1 }) {
  const load = countingLoad();
  const handle = await open(name, { server, load, l1 });
  await checkReads(handle, load, ids);
  if (l1) await checkInProcess(handle, ids, server);
  await readAll(handle, ids, 5_000);
  return handle;
}

/** Who has no in-process tier still has its hits in Redis weighed. */
function unlessLacking(error) {
  if (error instanceof Lacks) return null;
  throw error;
}

async function allocated(handle, ids, reads) {
  for (let attempt = 0; attempt < 3; attempt++) {
    globalThis.gc();
    await new Promise(setImmediate);
    const collections = countCollections();
    const before = process.memoryUsage().heapUsed;
    await readAll(handle, ids, reads);
    const bytes = (process.memoryUsage().heapUsed - before) / reads;
    if ((await collections.end()) === 0 && bytes > 0) return bytes;
  }
  throw new Error('Something was collected in each of three measurements');
}

function countCollections() {
  let count = 0;
  const observer = new PerformanceObserver((list) => (count += list.getEntries().length));
  observer.observe({ entryTypes: ['gc'] });
  return {
    async end() {
      await new Promise((resolve) => setTimeout(resolve, 5));
      observer.disconnect();
      return count;
    },
  };
}

async function readAll(handle, ids, reads) {
  for (let i = 0; i < reads; i += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, (_, j) => handle.read(ids[(i + j) % ids.length])));
  }
}
