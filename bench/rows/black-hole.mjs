import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { open, PEERS } from '../contestants/index.mjs';
import { startProxy } from '../lib/black-hole.mjs';
import { checkReads, same } from '../lib/check.mjs';
import { product, productId } from '../lib/product.mjs';
import { quantile } from '../lib/statistics.mjs';

const SETTLING_READS = 10;
const STEADY_READS = 500;
const STEADY_MS = 1_000;
const PAUSE_MS = 2;
const CLOSE_MS = 500;

/** Redis accepts connections and never answers. What a read then costs over its load, which needs no Redis. */
export const blackHole = {
  name: 'black-hole',
  title: 'Redis black-holed: a read over its load',
  metrics: {
    first: { label: 'first read', unit: 'ms', better: 'lower' },
    settling: { label: `worst of the next ${SETTLING_READS}`, unit: 'ms', better: 'lower' },
    steady: { label: 'p99 after that', unit: 'ms', better: 'lower' },
  },
  contestants: ['load', 'larder', ...PEERS],
  rounds: 3,
  quickRounds: 1,
  judge: ({ median }) => [
    {
      aim: 'the deadline of 100 ms the first time, and at most 10 ms over it',
      ratio: median('larder', 'first'),
      atMost: 110,
      unit: 'ms',
    },
    { aim: 'p99 of at most 1 ms after that', ratio: median('larder', 'steady'), atMost: 1, unit: 'ms' },
  ],
  async prepare({ name, server, quick }) {
    const cutMs = quick ? 500 : 2_000;
    return {
      sample: async () => {
        const proxy = await startProxy(server);
        const load = timedLoad();
        const handle = await open(name, { server: proxy.server, load, resilient: true });
        try {
          if (name !== 'load') await checkReads(handle, load, [productId(1), productId(2)]);
          proxy.swallow();
          return await measure(handle, load, cutMs);
        } finally {
          await Promise.race([handle.close().catch(() => undefined), sleep(CLOSE_MS)]);
          await proxy.stop();
        }
      },
      close: async () => undefined,
    };
  },
};

async function measure(handle, load, cutMs) {
  let next = 10;
  const read = () => costOf(handle, load, productId(next++), cutMs);
  const first = await read();
  const settling = [];
  const budget = performance.now() + cutMs;
  while (settling.length < SETTLING_READS && performance.now() < budget) settling.push(await read());
  const steady = [];
  const until = performance.now() + Math.min(STEADY_MS, cutMs);
  while (steady.length < STEADY_READS && performance.now() < until) {
    steady.push(await read());
    await sleep(PAUSE_MS);
  }
  return {
    first,
    settling: Math.max(...settling),
    steady: quantile(steady, 0.99),
    capped: { first: first >= cutMs, settling: settling.some((ms) => ms >= cutMs), steady: steady.at(-1) >= cutMs },
  };
}

/** In ms; a read that has not ended by `cutMs` costs that, and is left to itself. */
async function costOf(handle, load, id, cutMs) {
  const cut = new AbortController();
  load.tookMs = 0;
  const started = performance.now();
  const value = await Promise.race([
    handle.read(id),
    sleep(cutMs, undefined, { signal: cut.signal }).catch(() => undefined),
  ]);
  const tookMs = performance.now() - started;
  cut.abort();
  if (value === undefined) return cutMs;
  same(value, id);
  return tookMs - load.tookMs;
}

/** A load that needs one turn of the event loop and says how long that took. */
function timedLoad() {
  const load = async (id) => {
    load.count++;
    const started = performance.now();
    await turn();
    load.tookMs = performance.now() - started;
    return product(id);
  };
  load.count = 0;
  load.tookMs = 0;
  return load;
}
