import { pathToFileURL } from 'node:url';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { query, until } from '../services/index.js';
import { Checker } from './checker/checker.js';
import type { Findings } from './checker/findings.js';
import { clockSince, monotonicNs } from './clock.js';
import { Crew, type CrewHistory } from './crew.js';
import { injectAll, type InjectedFault } from './injector.js';
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
const READERS = 96;
const WRITERS = 2;
const READS_PER_SECOND = 15_000;
const HEAD_START_US = 200_000;
const QUIET_WITHIN_MS = 60_000;
/** For what happens later of itself, such as the second of two deletes. */
const SETTLE_MS = 800;

/** Runs one cache under the faults of its schedule, and checks what its readers saw. */
export async function runRow(lab: Laboratory, plan: RowPlan, options: RowOptions): Promise<RowResult> {
  const [probe = '', ...keys] = await addKeys(lab.databaseUrl, plan.table, KEYS + 1);
  const epochNs = monotonicNs();
  const crew = new Crew(workerPlans(lab, plan, { probe, keys, epochNs, seed: options.seed }), lab.dir);
  const stop = (): void => void crew.close();
  options.signal.addEventListener('abort', stop);
  try {
    await crew.ready();
    const initialVersions = await versionsOf(lab.databaseUrl, plan.table, keys);
    const fromUs = clockSince(epochNs)() + HEAD_START_US;
    const sinceStartMs = (): number => (clockSince(epochNs)() - fromUs) / 1_000;
    const [history, faults] = await Promise.all([
      crew.run(fromUs, options.durationMs),
      injectAll(lab, { ...options, sinceStartMs }),
    ]);
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

/** Resolves when every event has left the outbox, and what writers do in the background has had its time. */
export async function quiet(lab: Laboratory): Promise<void> {
  await until('every event has left the outbox', QUIET_WITHIN_MS, async () => {
    const [row] = await query(lab.databaseUrl, 'SELECT count(*) AS waiting FROM public.outbox');
    return Number(row?.['waiting']) === 0;
  });
  await sleep(SETTLE_MS);
}

interface Scene {
  readonly probe: string;
  readonly keys: readonly string[];
  readonly epochNs: bigint;
  readonly seed: number;
}

function workerPlans(lab: Laboratory, plan: RowPlan, { epochNs, ...scene }: Scene) {
  return Array.from({ length: PROCESSES }, (_, process) => ({
    process,
    epochNs: String(epochNs),
    module: pathToFileURL(resolve(ROOT, plan.module)).href,
    variant: plan.variant ?? null,
    redis: { host: lab.redis.proxy.host, port: lab.redis.proxy.port },
    databaseUrl: lab.databaseUrl,
    table: plan.table,
    ...scene,
    boundMs: BOUND_MS,
    pastTheCache: plan.pastTheCache,
    readers: READERS,
    writers: WRITERS,
    readsPerSecond: READS_PER_SECOND,
  }));
}

/** This file is built into dist/tools/lab. */
const ROOT = new URL('../../../', import.meta.url).pathname;

function check({ reads, writes }: CrewHistory, initialVersions: readonly number[], durationMs: number): Findings {
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
function staleKeys(seen: readonly (readonly (number | null)[])[], newest: readonly number[]): number {
  return newest.filter((version, key) => seen.some((versions) => (versions[key] ?? version) < version)).length;
}
