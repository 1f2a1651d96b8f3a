import { open, PEERS } from '../contestants/index.mjs';
import { checkInProcess, checkReads, countingLoad } from '../lib/check.mjs';
import { costOf } from '../lib/cpu.mjs';
import { shuffledIds } from '../lib/ids.mjs';
import { quantile } from '../lib/statistics.mjs';

const IDS = 1_000;
const TIMED = 20_000;
const BATCH = 2_000;

/** A read that the in-process tier answers, one after the other; the clock's own cost is in p50 and not in the CPU time. */
export const l1Hit = {
  name: 'l1-hit',
  title: 'L1 hit',
  metrics: {
    p50: { label: 'p50', unit: 'µs', better: 'lower' },
    p99: { label: 'p99', unit: 'µs', better: 'lower' },
    cpu: { label: 'CPU of a hit in an untimed batch', unit: 'µs', better: 'lower' },
  },
  contestants: ['lru-cache-sync', 'lru-cache', 'larder', ...PEERS],
  rounds: 9,
  quickRounds: 3,
  judge: ({ median, bestPeer }) => [
    {
      aim: 'p50 at most 1.5 times lru-cache, awaited',
      ratio: median('larder', 'p50') / median('lru-cache', 'p50'),
      atMost: 1.5,
    },
    {
      aim: `p50 ahead of every peer (best: ${bestPeer('p50').label})`,
      ratio: median('larder', 'p50') / bestPeer('p50').median,
      atMost: 1,
    },
  ],
  async prepare({ name, server, quick }) {
    const ids = shuffledIds(IDS);
    const load = countingLoad();
    const handle = await open(name, { server, load, l1: true });
    await checkReads(handle, load, ids);
    await checkInProcess(handle, ids, server);
    const measureMs = quick ? 30 : 150;
    const [timed, batch] = handle.synchronous ? [timedSync, batchSync] : [timedAwaited, batchAwaited];
    await batch(handle, ids, measureMs); // compiled before it counts
    return {
      async sample() {
        const times = await timed(handle, ids, measureMs);
        return {
          p50: quantile(times, 0.5),
          p99: quantile(times, 0.99),
          cpu: (await costOf(() => batch(handle, ids, measureMs))).cpu,
        };
      },
      close: () => handle.close(),
    };
  },
};

async function timedAwaited(handle, ids, forMs) {
  const times = [];
  const until = performance.now() + forMs;
  for (let i = 0; times.length < TIMED && performance.now() < until; i++) {
    const started = performance.now();
    await handle.read(ids[i % IDS]);
    times.push((performance.now() - started) * 1_000);
  }
  return times;
}

async function timedSync(handle, ids) {
  const times = [];
  for (let i = 0; times.length < TIMED; i++) {
    const started = performance.now();
    handle.read(ids[i % IDS]);
    times.push((performance.now() - started) * 1_000);
  }
  return times;
}

async function batchAwaited(handle, ids, forMs) {
  const started = performance.now();
  let reads = 0;
  while (performance.now() - started < forMs) {
    for (let i = 0; i < BATCH; i++) await handle.read(ids[i % IDS]);
    reads += BATCH;
  }
  return reads;
}

async function batchSync(handle, ids, forMs) {
  const started = performance.now();
  let reads = 0;
  let found = 0;
  while (performance.now() - started < forMs) {
    for (let i = 0; i < BATCH; i++) if (handle.read(ids[i % IDS])) found++;
    reads += BATCH;
  }
  if (found !== reads) throw new Error('A value went missing');
  return reads;
}
