import { FAULTS } from './faults.js';
import type { LabOptions } from './options.js';
import { runRow, type RowResult } from './row-run.js';
import type { RowPlan } from './rows.js';
import { scheduleOf } from './schedule.js';
import { startLaboratory } from './servers/laboratory.js';

/** Everything that a run shows, as plain data. */
export interface RunResult {
  readonly seed: number;
  readonly seconds: number;
  readonly date: string;
  readonly node: string;
  /** Names and explanations of the faults that the schedule had. */
  readonly faults: Readonly<Record<string, string>>;
  readonly rows: readonly RowResult[];
}

/** What a run tells while it goes on. */
export interface Progress {
  /** What goes on now, and how much of all is done, from 0 to 1. */
  (what: string, done: number): void;
}

/** Runs the rows one after the other, each for its part of the time, all under the same schedule. */
export async function runRows(
  plans: readonly RowPlan[],
  options: LabOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<RunResult> {
  const durationMs = Math.floor((options.seconds * 1_000) / plans.length);
  const planned = scheduleOf({ seed: options.seed, faults: options.faults, durationMs });
  progress('starting PostgreSQL, Redis, RabbitMQ and the services', 0);
  const lab = await startLaboratory({ chainCheck: options.chainCheck, signal });
  const rows: RowResult[] = [];
  try {
    for (const [index, plan] of plans.entries()) {
      signal.throwIfAborted();
      const stop = advance(durationMs, (share) => {
        progress(plan.label, (index + share) / plans.length);
      });
      const own = planned.filter(({ fault }) => !plan.spared.includes(fault));
      rows.push(await runRow(lab, plan, { durationMs, seed: options.seed, planned: own, signal }).finally(stop));
    }
  } finally {
    await lab.stop();
  }
  return {
    ...{ seed: options.seed, seconds: options.seconds, date: new Date().toISOString(), node: process.versions.node },
    faults: Object.fromEntries(options.faults.map((name) => [name, FAULTS[name].what])),
    rows,
  };
}

/** Tells every quarter of a second which share of the time is over; answers what ends that. */
function advance(durationMs: number, tell: (share: number) => void): () => void {
  const start = performance.now();
  tell(0);
  const timer = setInterval(() => {
    tell(Math.min(1, (performance.now() - start) / durationMs));
  }, 250);
  return () => {
    clearInterval(timer);
  };
}
