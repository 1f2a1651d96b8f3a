import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { query, until } from '../services/index.js';
import { Checker } from './checker/checker.js';
import type { Findings } from './checker/findings.js';
import { clockSince, monotonicNs } from './clock.js';
import { Crew, type CrewHistory } from './crew.js';
import { CHAIN_KEY, injectAll, type InjectedFault } from './injector.js';
import { addKeys, versionsOf } from './keys.js';
import { BOUND_MS } from './levels.js';
import type { RowPlan } from './rows.js';
import type { PlannedFault } from './schedule.js';
import type { Laboratory } from './servers/laboratory.js';

/** How a row is run. */
export interface RowOptions {
  readonly durationMs: number;
  readonly seed: number;
  readonly planned: readonly PlannedFault[];
  readonly signal: AbortSignal;
}

/** What came out of a row. It is plain data: it goes into the report and into JSON as it is. */
export interface RowResult extends Pick<RowPlan, 'name' | 'label' | 'what' | 'kind' | 'promised'> {
  readonly durationMs: number;
  readonly faults: readonly InjectedFault[];
  readonly findings: Findings;
  /** Keys that a process still read an old version of when all was mended and quiet, of `keys`. */
  readonly staleAtTheEnd: number;
  readonly keys: number;
  /** Failed reads and refused writes by their messages. */
  readonly failures: Readonly<Record<string, number>>;
  readonly refusals: Readonly<Record<string, number>>;
  readonly stuck: number;
}

const KEYS = 20;
const PROCESSES = 2;
const READERS = 128;
const WRITERS = 2;
const READS_PER_SECOND = 30_000;
const HEAD_START_US = 200_000;
const QUIET_WITHIN_MS = 60_000;
/** For what happens later of itself, such as the second of two deletes. */
const SETTLE_MS = 800;

/** Runs one cache under the faults of its schedule, and checks what its readers saw. */
export async function runRow(lab: Laboratory, plan: RowPlan, options: RowOptions): Promise<RowResult> {
  const { crew, keys, startUs, sinceUs } = await crewFor(lab, plan, { seed: options.seed });
  const stop = (): void => void crew.close();
  options.signal.addEventListener('abort', stop);
  try {
    options.signal.throwIfAborted();
    await crew.ready();
    const initialVersions = await versionsOf(lab.databaseUrl, plan.table, keys);
    const fromUs = startUs();
    const running = [
      crew.run(fromUs, options.durationMs),
      injectAll(lab, { ...options, sinceStartMs: () => sinceUs(fromUs) / 1_000 }),
    ] as const;
    await Promise.allSettled(running); // nothing is mended or started any more when the laboratory is taken down
    const [history, faults] = await Promise.all(running);
    options.signal.throwIfAborted();
    await quiet(lab);
    const newest = await versionsOf(lab.databaseUrl, plan.table, keys);
    const staleAtTheEnd = staleKeys(await crew.look(), newest);
    const findings = check(history, initialVersions, options.durationMs);
    return { ...resultOf(plan, history), durationMs: options.durationMs, faults, findings, staleAtTheEnd, keys: KEYS };
  } finally {
    options.signal.removeEventListener('abort', stop);
    await crew.close();
  }
}

/** What the path of events has not taken to the cache. */
export interface Backlog {
  /** Rows that wait in the outbox, and batches that were never published. */
  readonly waiting: number;
  /** How many batches the cache lacks; all, if it does not know. */
  readonly behind: number;
}

const BACKLOG = `
  SELECT (SELECT count(*) FROM public.outbox) AS rows,
    (SELECT count(*) FROM public.invalidation_log WHERE published_at IS NULL) AS batches,
    (SELECT coalesce(max(n), 0) FROM public.invalidation_log) AS newest`;

/** Waits until every change has reached the cache, a minute at most; then for what writers do in the background. */
export async function quiet(lab: Laboratory): Promise<Backlog> {
  const backlog = await until('every change has reached the cache', QUIET_WITHIN_MS, async () => {
    const now = await backlogOf(lab);
    return now.waiting === 0 && now.behind === 0 ? now : false;
  }).catch(() => backlogOf(lab));
  await sleep(SETTLE_MS);
  return backlog;
}

async function backlogOf({ databaseUrl, redis }: Laboratory): Promise<Backlog> {
  const [row] = await query(databaseUrl, BACKLOG);
  const applied = Number(await redis.get(CHAIN_KEY));
  return {
    waiting: Number(row?.['rows']) + Number(row?.['batches']),
    behind: Math.max(0, Number(row?.['newest']) - applied),
  };
}

/** Readers and writers of a row, and the clock that they go by. */
export interface Manned {
  readonly crew: Crew;
  readonly keys: readonly string[];
  /** A beginning that all of them can keep, by the laboratory's clock. */
  readonly startUs: () => number;
  /** How long ago an instant of that clock was. */
  readonly sinceUs: (instantUs: number) => number;
}

/** Makes keys, and starts processes that will read and write them. The caller closes the crew. */
export async function crewFor(
  lab: Laboratory,
  plan: RowPlan,
  { seed, readsPerSecond = READS_PER_SECOND }: { readonly seed: number; readonly readsPerSecond?: number },
): Promise<Manned> {
  const [probe = '', ...keys] = await addKeys(lab.databaseUrl, plan.table, KEYS + 1);
  const epochNs = monotonicNs();
  const now = clockSince(epochNs);
  const common = {
    epochNs: String(epochNs),
    module: pathToFileURL(resolve(ROOT, plan.module)).href,
    variant: plan.variant ?? null,
    redis: { host: lab.redis.proxy.host, port: lab.redis.proxy.port },
    databaseUrl: lab.databaseUrl,
    ...{ table: plan.table, pastTheCache: plan.pastTheCache, boundMs: BOUND_MS },
    ...{ probe, keys, seed, readsPerSecond, readers: READERS, writers: WRITERS },
  };
  const plans = Array.from({ length: PROCESSES }, (_, process) => ({ ...common, process }));
  const crew = new Crew(plans, lab.dir);
  return { crew, keys, startUs: () => now() + HEAD_START_US, sinceUs: (instantUs) => now() - instantUs };
}

/** This file is built into dist/tools/lab. */
const ROOT = new URL('../../../', import.meta.url).pathname;

/** What the readers' reads show, taken together. */
export function check(
  { reads, writes }: CrewHistory,
  initialVersions: readonly number[],
  durationMs: number,
): Findings {
  const checker = new Checker({ initialVersions, writes, durationMs, boundMs: BOUND_MS });
  for (const [process, columns] of reads.entries()) checker.add(process, columns);
  return checker.findings();
}

function resultOf({ name, label, what, kind, promised }: RowPlan, { failures, refusals, stuck }: CrewHistory) {
  return { name, label, what, kind, promised, stuck, failures: summed(failures), refusals: summed(refusals) };
}

function summed(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [reason, count] of counts.flatMap((each) => Object.entries(each)))
    sums[reason] = (sums[reason] ?? 0) + count;
  return sums;
}

/** A read that failed or did not come back shows nothing old. */
export function staleKeys(seen: readonly (readonly (number | null)[])[], newest: readonly number[]): number {
  return newest.filter((version, key) => seen.some((versions) => (versions[key] ?? version) < version)).length;
}
