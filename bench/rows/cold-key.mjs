import { setTimeout as sleep } from 'node:timers/promises';
import { open, PEERS } from '../contestants/index.mjs';
import { checkReads, countingLoad, same } from '../lib/check.mjs';
import { productId } from '../lib/product.mjs';
import { quantile } from '../lib/statistics.mjs';

const PROCESSES = 4;
const CALLERS = 1_000;
const LOAD_MS = 20;
const FIRST_COLD = 1_000_000;

/** Everybody asks at once for what nobody has: 1,000 callers in 4 processes, and a load of 20 ms. */
export const coldKey = {
  name: 'cold-key',
  title: `Cold key, ${CALLERS} callers in ${PROCESSES} processes, a load of ${LOAD_MS} ms`,
  metrics: {
    time: { label: 'until all have it', unit: 'ms', better: 'lower' },
    loads: { label: 'loads', unit: '', better: 'lower' },
  },
  contestants: ['load', 'larder', ...PEERS],
  processes: PROCESSES,
  rounds: 7,
  quickRounds: 3,
  judge: ({ median, worst }) => [
    { aim: 'one load, in every round', ratio: worst('larder', 'loads'), atMost: 1 },
    {
      aim: "under 2.5 times the load's own time",
      ratio: median('larder', 'time') / median('load', 'time'),
      atMost: 2.5,
    },
  ],
  async prepare({ name, server, process }) {
    const load = countingLoad(() => sleep(LOAD_MS));
    const handle = await open(name, { server, load });
    if (name !== 'load') await checkReads(handle, load, [productId(process)]); // also connects and sends scripts
    return {
      async sample({ round, startAt }) {
        const id = productId(FIRST_COLD + round);
        const loads = load.count;
        const callers = name === 'load' ? 1 : CALLERS / PROCESSES; // alone, it is the limit
        await until(startAt);
        const values = await Promise.all(Array.from({ length: callers }, () => handle.read(id)));
        const endedAt = now();
        for (const value of values) same(value, id);
        return { loads: load.count - loads, time: endedAt - startAt };
      },
      close: () => handle.close(),
    };
  },
  combine: (samples, name) => ({
    time:
      name === 'load'
        ? quantile(
            samples.map(({ time }) => time),
            0.5,
          )
        : Math.max(...samples.map(({ time }) => time)),
    loads: name === 'load' ? 1 : samples.reduce((sum, { loads }) => sum + loads, 0),
  }),
};

/** An instant that processes of one machine agree on, in ms. */
function now() {
  return performance.timeOrigin + performance.now();
}

async function until(instant) {
  await sleep(Math.max(0, instant - now() - 3));
  while (now() < instant); // a timer is too coarse
}
