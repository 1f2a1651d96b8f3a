import { setTimeout as sleep } from 'node:timers/promises';
import type { CacheUnderTest, Commit } from '../adapter.js';
import type { MicrosClock } from '../clock.js';
import type { WriteRecord } from '../history/writes.js';
import { randomOf } from '../random.js';
import type { Database } from './database.js';

/** What writers write, and where they put it down. */
export interface WritingPlan {
  readonly cache: CacheUnderTest;
  readonly database: Database;
  readonly keys: readonly string[];
  readonly writes: WriteRecord[];
  /** Its zero is the beginning of the row. */
  readonly now: MicrosClock;
  /** When it ends; may be moved. */
  readonly end: { readonly atUs: number };
  /** Whether some changes are made without the cache's writer. */
  readonly pastTheCache: boolean;
  /** Told of a write that was rejected before its commit, and so left nothing. */
  readonly onRefusal: (error: unknown) => void;
}

const PAUSE_MS = { from: 10, to: 50 };
const PAST_SHARE = 0.2;

/** One writer: changes one key after the other, with pauses, until its time is over. */
export async function writeOn(plan: WritingPlan, seed: number): Promise<void> {
  const random = randomOf(seed);
  while (plan.now() < plan.end.atUs) {
    const key = random.between(0, plan.keys.length - 1);
    const past = plan.pastTheCache && random.next() < PAST_SHARE;
    await (past ? writePast(plan, key) : writeThrough(plan, key));
    await sleep(random.between(PAUSE_MS.from, PAUSE_MS.to));
  }
}

/** As somebody with a console: only the database's triggers know. */
async function writePast({ database, keys, writes, now }: WritingPlan, key: number): Promise<void> {
  const startUs = now();
  const { version } = await database.change(keys[key] as string);
  writes.push({ key, version, startUs, commitUs: now(), acknowledgedUs: null });
}

async function writeThrough(plan: WritingPlan, key: number): Promise<void> {
  const { cache, database, keys, writes, now } = plan;
  const startUs = now();
  const commits: { readonly version: number; readonly commitUs: number }[] = [];
  const commit: Commit = async (beforeCommit) => {
    const change = await database.change(keys[key] as string, beforeCommit);
    commits.push({ version: change.version, commitUs: now() });
    return change;
  };
  let acknowledgedUs: number | null = null;
  try {
    await cache.write(keys[key] as string, commit);
    acknowledgedUs = now();
  } catch (error) {
    if (commits.length === 0) plan.onRefusal(error);
  }
  for (const { version, commitUs } of commits) writes.push({ key, version, startUs, commitUs, acknowledgedUs });
}
