import { setTimeout as sleep } from 'node:timers/promises';
import { open, PEERS } from '../contestants/index.mjs';
import { countingLoad } from '../lib/check.mjs';
import { connect } from '../lib/clients.mjs';
import { Lacks } from '../lib/lacks.mjs';
import { multiply } from '../lib/multiply.mjs';
import { productId } from '../lib/product.mjs';
import { quantile } from '../lib/statistics.mjs';

const REPEATS = 15;
const CUT_MS = 5_000;

/** A change that makes everything under one tag obsolete: with one entry under it, and with a million. */
export const tagInvalidation = {
  name: 'tag-invalidation',
  title: 'Tag invalidation',
  metrics: {
    many: { label: 'of {entries} entries', unit: 'ms', better: 'lower' },
    one: { label: 'of 1 entry', unit: 'ms', better: 'lower' },
  },
  contestants: ['ioredis', 'larder', ...PEERS],
  alone: true,
  rounds: 2,
  quickRounds: 1,
  stepLimitMs: 90_000,
  judge({ median }) {
    const [many, one] = [median('larder', 'many'), median('larder', 'one')];
    return [
      {
        aim: 'the same time as for 1 entry (at most twice, or 0.5 ms more)',
        ratio: many / one,
        atMost: Math.max(2, 1 + 0.5 / one),
      },
      { aim: 'against one SET', ratio: many / median('ioredis', 'many') },
    ];
  },
  async prepare({ name, server, entries }) {
    const redis = await connect(server);
    return {
      async sample() {
        const one = [];
        for (let i = 0; i < REPEATS; i++) one.push((await invalidate({ name, server, redis, entries: 1 })).tookMs);
        const many = await invalidate({ name, server, redis, entries });
        return { one: quantile(one, 0.5), many: many.tookMs, capped: { many: many.tookMs >= CUT_MS } };
      },
      close: async () => redis.disconnect(),
    };
  },
};

async function invalidate({ name, server, redis, entries }) {
  await redis.flushdb('ASYNC');
  const load = countingLoad();
  const handle = await open(name, { server, load, tag: 'members' });
  try {
    await handle.read(productId(0));
    await multiply(redis, entries);
    await settled(redis);
    const raw = name === 'ioredis';
    const probes = [...new Set([0, entries >> 1, entries - 1])].map(productId);
    if (!raw) await expectLoads(handle, load, probes, 0);
    const tookMs = await timed(() => handle.invalidateTag());
    if (!raw && tookMs < CUT_MS) await expectLoads(handle, load, probes, probes.length);
    return { tookMs };
  } finally {
    await handle.close();
  }
}

/** Until Redis has freed in the background what the last measurement left. */
async function settled(redis) {
  while (!/lazyfree_pending_objects:0/.test(await redis.info('memory'))) await sleep(20);
}

async function timed(work) {
  let timer;
  const cut = new Promise((resolve) => (timer = setTimeout(resolve, CUT_MS)));
  const started = performance.now();
  await Promise.race([work(), cut]);
  const tookMs = performance.now() - started;
  clearTimeout(timer);
  return Math.min(tookMs, CUT_MS);
}

/** Before the invalidation none of them may load, after it all must. */
async function expectLoads(handle, load, ids, expected) {
  const before = load.count;
  for (const id of ids) {
    const value = await handle.read(id);
    if (value?.id !== id) throw new Error(`Asked for ${id}, got ${value?.id}`);
  }
  const loads = load.count - before;
  if (loads === expected) return;
  if (expected === 0) throw new Lacks(`${loads} of ${ids.length} copied entries were not taken for entries`);
  throw new Error(`${ids.length - loads} of ${ids.length} entries survived the invalidation of their tag`);
}
