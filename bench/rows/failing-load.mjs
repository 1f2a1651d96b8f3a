import { setTimeout as sleep } from 'node:timers/promises';
import { open, PEERS } from '../contestants/index.mjs';
import { checkReads, countingLoad } from '../lib/check.mjs';
import { product, productId } from '../lib/product.mjs';

const CALLERS = 100;
const LOAD_MS = 50;

/** The source is down: 100 callers of one key, a load that fails after 50 ms. */
export const failingLoad = {
  name: 'failing-load',
  title: `Failing load of ${LOAD_MS} ms, ${CALLERS} callers`,
  metrics: {
    time: { label: 'until all have an answer', unit: 'ms', better: 'lower' },
    loads: { label: 'loads', unit: '', better: 'lower' },
    rejected: { label: 'rejected', unit: '', better: 'higher' },
    own: { label: "with the load's own error", unit: '', better: 'higher' },
  },
  contestants: ['load', 'larder', ...PEERS],
  rounds: 3,
  quickRounds: 1,
  judge: ({ median, worst }) => [
    { aim: 'one load, in every round', ratio: worst('larder', 'loads'), atMost: 1 },
    { aim: 'all callers rejected', ratio: worst('larder', 'rejected'), atLeast: CALLERS },
    { aim: "all with the load's own error object", ratio: worst('larder', 'own'), atLeast: CALLERS },
    {
      aim: "under 1.2 times the load's own time",
      ratio: median('larder', 'time') / median('load', 'time'),
      atMost: 1.2,
    },
  ],
  async prepare({ name, server }) {
    let failing = false;
    const thrown = new Set();
    const load = countingLoad();
    const source = async (id) => {
      load.count++;
      if (!failing) return product(id);
      await sleep(LOAD_MS);
      const error = new Error('The database is down');
      thrown.add(error);
      throw error;
    };
    const handle = await open(name, { server, load: source });
    if (name !== 'load') await checkReads(handle, load, [productId(1)]);
    failing = true;
    return {
      async sample({ round }) {
        thrown.clear();
        const loads = load.count;
        const started = performance.now();
        const callers = name === 'load' ? 1 : CALLERS;
        const id = productId(100 + round);
        const ends = await Promise.allSettled(Array.from({ length: callers }, () => handle.read(id)));
        const time = performance.now() - started;
        const rejected = ends.filter(({ status }) => status === 'rejected');
        return {
          time,
          loads: load.count - loads,
          rejected: rejected.length,
          own: rejected.filter(({ reason }) => thrown.has(reason)).length,
        };
      },
      close: () => handle.close(),
    };
  },
};
