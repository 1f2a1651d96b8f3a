import type { Bin, Example, Findings, Violations } from '../checker/findings.js';
import { FAULT_NAMES, FAULTS } from '../faults.js';
import type { RowResult } from '../row-run.js';
import { ROWS } from '../rows.js';
import type { RunResult } from '../run.js';
import { scheduleOf } from '../schedule.js';

const DURATION_MS = 16_000;
const NONE: Violations = { count: 0, examples: [] };

const EXAMPLE: Example = {
  ...{ process: 1, session: 95, key: 19, startMs: 12_345.6, endMs: 12_346.7, outcome: 'hit' },
  ...{ version: 123_456, expected: 123_460, staleMs: 2_345.6 },
};

/** A result such as a run makes: with old answers in the rows that promise nothing, and none in the others. */
export function recordedRun(change: (row: RowResult) => RowResult = (row) => row): RunResult {
  const planned = scheduleOf({ seed: 1, faults: FAULT_NAMES, durationMs: DURATION_MS });
  const rows = ROWS.map(({ name, label, what, kind, promised }): RowResult => {
    const stale = promised.level === null;
    return change({
      ...{ name, label, what, kind, promised, durationMs: DURATION_MS, faults: planned, keys: 20, stuck: 0 },
      ...{ failures: { 'a read failed': 12 }, refusals: {}, staleAtTheEnd: stale ? 2 : 0 },
      findings: findingsOf(stale),
    });
  });
  return {
    ...{ seed: 1, seconds: 192, date: '2026-01-02T03:04:05.678Z', node: '20.19.0' },
    faults: Object.fromEntries(FAULT_NAMES.map((name) => [name, FAULTS[name].what])),
    rows,
  };
}

function findingsOf(stale: boolean): Findings {
  const violations = (count: number): Violations => (stale ? { count, examples: [EXAMPLE] } : NONE);
  return {
    ...{ reads: 312_345, hits: 300_111, loads: 12_000, failed: 234, writes: 1_234, unacknowledged: 56 },
    staleAfterAcknowledge: violations(23_456),
    olderThanCommitted: violations(34_567),
    beyondBound: violations(12_345),
    wentBack: violations(4_567),
    unknownVersions: NONE,
    maxStaleMs: stale ? 12_345.6 : 3.21,
    bins: Array.from({ length: 240 }, (_, index) => binOf(index, stale)),
    commitToGoneMs: Array.from({ length: 1_234 }, (_, index) => (index < 800 ? 0 : (index - 800) * (stale ? 9 : 0.01))),
  };
}

function binOf(index: number, stale: boolean): Bin {
  const maxStaleMs = index % 3 === 0 ? 0 : stale ? (index % 40) ** 2 : 2;
  return { fromMs: (index * DURATION_MS) / 240, reads: 1_300, stale: 12, failed: 1, maxStaleMs };
}
