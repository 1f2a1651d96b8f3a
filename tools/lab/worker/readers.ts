import type { CacheUnderTest, Reader } from '../adapter.js';
import type { MicrosClock } from '../clock.js';
import { FAILED, HIT, LOADED, type ReadLog } from '../history/reads.js';
import { randomOf } from '../random.js';
import type { Pace } from './pace.js';

/** What readers read, and where they put it down. */
export interface ReadingPlan {
  readonly cache: CacheUnderTest;
  readonly keys: readonly string[];
  readonly log: ReadLog;
  /** Its zero is the beginning of the row. */
  readonly now: MicrosClock;
  /** The beginning of the row by the clock of `Row.readAtUs`. */
  readonly fromUs: number;
  readonly pace: Pace;
  /** When it ends; may be moved. */
  readonly end: { readonly atUs: number };
  /** Told what a read was rejected with. */
  readonly onFailure: (error: unknown) => void;
}

/** A reader whose read failed waits so long, or the failures of a server that is down would be all that it has time for. */
const AFTER_FAILURE_MS = 2;

/** One reader: reads one key after the other, without a pause but for the pace, until its time is over. */
export async function readOn(plan: ReadingPlan, session: number, seed: number): Promise<void> {
  const { cache, keys, now, fromUs, pace, end } = plan;
  const random = randomOf(seed);
  const seen = keys.map(() => ({ minVersion: 0 }));
  for (let startUs = now(); startUs < end.atUs; startUs = now()) {
    if (!pace.take(startUs)) {
      await pace.pause();
      continue;
    }
    const key = random.between(0, keys.length - 1);
    const known = seen[key] as { minVersion: number };
    try {
      const row = await cache.read(keys[key] as string, known satisfies Reader);
      const { version } = row;
      const outcome = row.readAtUs - fromUs < startUs ? HIT : LOADED;
      plan.log.add({ startUs, endUs: now(), version, key, session, outcome });
      if (version > known.minVersion) known.minVersion = version;
    } catch (error) {
      plan.log.add({ startUs, endUs: now(), version: 0, key, session, outcome: FAILED });
      plan.onFailure(error);
      await new Promise((resolve) => setTimeout(resolve, AFTER_FAILURE_MS));
    }
  }
}
