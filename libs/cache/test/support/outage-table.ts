import type { Toll } from './outage.js';

const COLUMNS: readonly (readonly [string, (toll: Toll) => string])[] = [
  ['outage', ({ outage }) => outage],
  ['first', ({ firstMs }) => firstMs.toFixed(1)],
  ['p50', ({ p50Ms }) => p50Ms.toFixed(2)],
  ['p95', ({ p95Ms }) => p95Ms.toFixed(2)],
  ['p99', ({ p99Ms }) => p99Ms.toFixed(2)],
  ['reads', ({ reads }) => String(reads)],
  ['hits', ({ hits }) => String(hits)],
  ['of steady', ({ steadyHits }) => `${Math.round(steadyHits * 100)} %`],
  ['loads', ({ loads }) => String(loads)],
  ['at once', ({ loadsAtOnce }) => String(loadsAtOnce)],
  ['invalidations', ({ invalidations }) => String(invalidations)],
  ['pending', ({ pending }) => String(pending)],
  ['lost', ({ lost }) => String(lost)],
  ['stale', ({ stale }) => String(stale)],
  ['L1 off', ({ l1OffMs }) => l1OffMs?.toFixed(0) ?? '-'],
  ['back', ({ backMs }) => backMs.toFixed(0)],
];

const LEGEND = `What an outage of Redis costs. Milliseconds; those of reads are over the time of their own load: "first" is the
slowest of the first six reads, p50 to p99 are of the reads after those.
"of steady": of the reads of rows that nobody changes, those that were hits. "back": from the end of the outage until everything is hit again.`;

/** Prints what each outage cost, one line each. */
export function printTable(tolls: readonly Toll[]): void {
  const cells = [COLUMNS.map(([title]) => title), ...tolls.map((toll) => COLUMNS.map(([, show]) => show(toll)))];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  const lines = cells.map((line) =>
    line.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  '),
  );
  process.stderr.write(`\n${LEGEND}\n\n${lines.join('\n')}\n\n`);
}
