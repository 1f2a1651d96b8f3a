import { open, PEERS } from '../contestants/index.mjs';
import { checkReads, commandsDuring, countingLoad } from '../lib/check.mjs';
import { costOf } from '../lib/cpu.mjs';
import { shuffledIds } from '../lib/ids.mjs';

const IDS = 2_000;
const IN_FLIGHT = 200;

/** Reads that Redis answers, 200 of them always under way, as in a busy service. */
export const l2Hit = {
  name: 'l2-hit',
  title: `L2 hit, ${IN_FLIGHT} in flight`,
  metrics: {
    rate: { label: 'reads', unit: '/s', better: 'higher' },
    cpu: { label: 'CPU of a read in the process', unit: 'µs', better: 'lower' },
  },
  contestants: ['ioredis', 'ioredis-pipelined', 'larder', 'larder-bounded', 'larder-unchecked', ...PEERS],
  rounds: 9,
  quickRounds: 3,
  judge: ({ median, bestPeer }) => [
    {
      aim: 'at least 0.85 of ioredis + JSON.parse as it comes',
      ratio: median('larder', 'rate') / median('ioredis', 'rate'),
      atLeast: 0.85,
    },
    {
      aim: 'at least 0.85 of ioredis with auto-pipelining',
      ratio: median('larder', 'rate') / median('ioredis-pipelined', 'rate'),
      atLeast: 0.85,
    },
    {
      aim: 'a bounded hit costs less than 15 % more',
      ratio: median('larder-bounded', 'rate') / median('larder', 'rate'),
      atLeast: 1 / 1.15,
    },
    {
      aim: 'without a schema, at least 0.85 of ioredis with auto-pipelining',
      ratio: median('larder-unchecked', 'rate') / median('ioredis-pipelined', 'rate'),
      atLeast: 0.85,
    },
    {
      aim: `at least 1.5 times the best peer (${bestPeer('rate').label})`,
      ratio: median('larder', 'rate') / bestPeer('rate').median,
      atLeast: 1.5,
    },
  ],
  async prepare({ name, server, quick }) {
    const ids = shuffledIds(IDS);
    const load = countingLoad();
    const handle = await open(name, { server, load });
    await checkReads(handle, load, ids);
    const commands = await commandsDuring(server, () => handle.read(ids[0]));
    if (commands < 1) throw new Error('A read did not reach Redis');
    const measureMs = quick ? 100 : 500;
    await reads(handle, ids, measureMs);
    return {
      async sample() {
        const loads = load.count;
        const cost = await costOf(() => reads(handle, ids, measureMs));
        if (load.count !== loads)
          throw new Error(`${load.count - loads} reads loaded in the middle of the measurement`);
        return cost;
      },
      close: () => handle.close(),
    };
  },
};

async function reads(handle, ids, forMs) {
  const started = performance.now();
  let count = 0;
  const reader = async () => {
    while (performance.now() - started < forMs) await handle.read(ids[count++ % IDS]);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, reader));
  return count;
}
