import { setTimeout as sleep } from 'node:timers/promises';
import { check, crewFor, quiet, staleKeys } from '../row-run.js';
import type { Findings } from '../checker/findings.js';
import { versionsOf } from '../keys.js';
import type { LabOptions } from '../options.js';
import { ROWS, type RowPlan } from '../rows.js';
import type { Progress } from '../run.js';
import { startLaboratory, type Laboratory } from '../servers/laboratory.js';
import { killAtRandom, type Victim } from './killer.js';
import { changeName, Tap } from './tap.js';

/** What was left when everything had been killed many times, and was quiet again. It is plain data. */
export interface KillsResult {
  readonly seed: number;
  readonly seconds: number;
  /** How often each was killed. */
  readonly kills: Readonly<Record<Victim, number>>;
  /** Changes that were committed. */
  readonly changes: number;
  /** Events of them that the broker was handed; some more than once. */
  readonly events: number;
  /** Changes of which the broker was handed no event. */
  readonly lost: number;
  /** Rows that wait in the outbox, and batches that were never published. */
  readonly waiting: number;
  /** How many batches the cache lacks. */
  readonly behind: number;
  /** Of how many keys a process still read an old version. */
  readonly staleAtTheEnd: number;
  readonly findings: Findings;
}

/** Longer than anything; the end comes by `stop`. */
const LIMIT_MS = 3_600_000;
const ROW = 'larder-bounded';
const READS_PER_SECOND = 2_000;
const LAST_WRITES_MS = 500;

/** Kills and restarts while readers and writers go on, then waits until all is quiet, and looks what was lost. */
export async function runKills(
  kills: number,
  { seed, chainCheck }: LabOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<KillsResult> {
  progress('starting PostgreSQL, Redis, RabbitMQ and the services', 0);
  const lab = await startLaboratory({ chainCheck, signal });
  try {
    const onKill = (killed: number): void => {
      progress('killing and starting again', killed / kills);
    };
    return await runIn(lab, { kills, seed, onKill, signal });
  } finally {
    await lab.stop();
  }
}

async function runIn(lab: Laboratory, plan: Parameters<typeof killAtRandom>[1]): Promise<KillsResult> {
  const row = ROWS.find(({ name }) => name === ROW) as RowPlan;
  const tap = new Tap(lab.rabbit.url);
  await tap.open();
  const { crew, keys, startUs } = await crewFor(lab, row, { seed: plan.seed, readsPerSecond: READS_PER_SECOND });
  const start = performance.now();
  try {
    await crew.ready();
    const initialVersions = await versionsOf(lab.databaseUrl, row.table, keys);
    const running = crew.run(startUs(), LIMIT_MS);
    const killed = await killAtRandom(lab, plan);
    await sleep(LAST_WRITES_MS);
    crew.stop();
    const history = await running;
    const durationMs = performance.now() - start;
    const { waiting, behind } = await quiet(lab);
    const newest = await versionsOf(lab.databaseUrl, row.table, keys);
    const { events, changes } = await tap.drain();
    const lost = history.writes.filter(({ key, version }) => !changes.has(changeName(keys[key] ?? '', version))).length;
    return {
      ...{ seed: plan.seed, seconds: Math.round(durationMs / 1_000), kills: killed, changes: history.writes.length },
      ...{ events, lost, waiting, behind, staleAtTheEnd: staleKeys(await crew.look(), newest) },
      findings: check(history, initialVersions, durationMs),
    };
  } finally {
    await crew.close();
  }
}

/** Lines for a terminal. */
export function printedKills(result: KillsResult): string {
  const total = Object.values(result.kills).reduce((sum, count) => sum + count, 0);
  const each = Object.entries(result.kills).map(([victim, count]) => `${victim} ${count}`);
  return [
    `${total} times kill -9 in ${result.seconds} s (${each.join(', ')}), while ${result.changes} changes were committed.`,
    'When all was quiet again:',
    `  changes without an event   ${result.lost} (${result.events} events for ${result.changes} changes)`,
    `  rows and batches waiting   ${result.waiting}`,
    `  batches the cache lacks    ${result.behind}`,
    `  old keys                   ${result.staleAtTheEnd}`,
    `Meanwhile ${result.findings.reads.toLocaleString('en')} reads, hits older than the bound: ${result.findings.beyondBound.count}.`,
    '',
  ].join('\n');
}

/** Whether nothing was lost and no promise broken. */
export function killsSurvived({ lost, waiting, behind, staleAtTheEnd, findings }: KillsResult): boolean {
  return [lost, waiting, behind, staleAtTheEnd, findings.beyondBound.count].every((count) => count === 0);
}
