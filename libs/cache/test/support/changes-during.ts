import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Lag, until } from '../../../../tools/services/index.js';
import { Cache, defineSpace, RedisStore, type RedisSettings } from '../../src/index.js';
import type { TopologyClients } from './topology-clients.js';

const Row = z.object({ version: z.number() });
const rows = defineSpace({ service: 'shop', entity: 'row', value: Row, version: (row) => row.version, ttlMs: 600_000 });
const IDS = 400;
const EVERY_MS = 10;
/** A reader may wait for a lease that the new master has from the old one, for half a second; the rest is for its load and the way. */
export const SLOW_MS = 500 + 250;

/** What came of it. */
interface Seen {
  /** Invalidations that had to wait. */
  queued: number;
  /** What was read in an old version afterwards, and how. */
  readonly outdated: string[];
  slowestReadMs: number;
  loads: number;
  hits: number;
}

/**
 * Each id is changed once, in turn, while `strike` happens; then every id is read by another process's cache. What the machine
 * held this process up is not counted among the time that a read took.
 */
export async function changeAllDuring(
  clients: TopologyClients,
  settings: RedisSettings,
  strike: () => Promise<unknown>,
): Promise<Seen> {
  const versions = new Map<string, number>();
  const load = (id: string) => async () => ({ version: versions.get(id) ?? 1 });
  const pair = await Promise.all([clients.connect(settings), clients.connect(settings)]);
  const [writer, reader] = pair.map((redis) => new Cache({ store: new RedisStore(redis) })) as [Cache, Cache];
  const ids = Array.from({ length: IDS }, (_, index) => String(index));
  for (const id of ids) await reader.space(rows).getOrSet(id, load(id));

  const lag = new Lag();
  let isOver = false;
  const seen: Seen = { queued: 0, outdated: [], slowestReadMs: 0, loads: 0, hits: 0 };
  const read = async (): Promise<void> => {
    for (let turn = 0; !isOver; turn += 1) {
      const [id, startedMs] = [`read-${turn % 20}`, lag.nowMs];
      const { outcome } = await reader.space(rows).read(id, load(id));
      seen.slowestReadMs = Math.max(seen.slowestReadMs, lag.nowMs - startedMs);
      if (outcome === 'hit') seen.hits += 1;
      else seen.loads += 1;
      await sleep(2);
    }
  };
  const change = async (): Promise<void> => {
    for (const id of ids) {
      versions.set(id, 2);
      await writer
        .space(rows)
        .invalidate(id, { version: 2 })
        .catch((error: unknown) => {
          expect(error).toMatchObject({ code: 'INVALIDATION_PENDING' });
          seen.queued += 1;
        });
      await sleep(EVERY_MS);
    }
  };
  const reading = read();
  await Promise.all([change(), sleep(300).then(strike)]);
  await until('no invalidation waits', 10_000, async () => writer.pendingInvalidations === 0);
  await sleep(500);
  isOver = true;
  await reading;
  lag.stop();
  for (const id of ids) {
    const { value, outcome } = await reader.space(rows).read(id, load(id));
    if (value.version !== 2) seen.outdated.push(`${id} ${outcome}`);
  }
  expect((await reader.space(rows).read('0', load('0'))).outcome).toBe('hit');
  await Promise.all([writer, reader].map((cache) => cache.close()));
  if (process.env['LARDER_FIGURES']) process.stderr.write(`${JSON.stringify(seen)}\n`);
  return seen;
}
