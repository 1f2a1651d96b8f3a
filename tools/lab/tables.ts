import { percent, quantileOf, rate, readable } from './figures.js';
import { BOUND_MS, type Level } from './levels.js';
import type { RowResult } from './row-run.js';
import { brokenPromises } from './verdict.js';

/** A table of one level: every row, measured by what that level promises. */
export interface LevelTable {
  readonly level: Level;
  readonly title: string;
  /** What the level promises, in a sentence. */
  readonly promise: string;
  readonly head: readonly string[];
  readonly rows: readonly LevelRow[];
}

/** A line of a table. */
export interface LevelRow {
  readonly result: RowResult;
  readonly cells: readonly string[];
  /** `null`: the row promises nothing of the kind. */
  readonly verdict: 'kept' | 'broken' | null;
}

interface Column {
  readonly head: string;
  readonly cell: (row: RowResult) => string;
}

const perMillionOf = (name: 'staleAfterAcknowledge' | 'olderThanCommitted' | 'wentBack', head: string): Column => ({
  head,
  cell: ({ findings }) => rate(findings[name].count, findings.hits + findings.loads),
});

const COMMON: readonly Column[] = [
  { head: 'reads', cell: ({ findings }) => findings.reads.toLocaleString('en') },
  { head: 'hits', cell: ({ findings }) => percent(findings.hits, findings.reads) },
  { head: 'failed', cell: ({ findings }) => percent(findings.failed, findings.reads) },
];

const OLDEST: Column = { head: 'oldest hit, ms', cell: ({ findings }) => readable(findings.maxStaleMs) };

const TABLES: Readonly<Record<Level, { title: string; promise: string; columns: readonly Column[] }>> = {
  strict: {
    title: 'Strict',
    promise: 'no read returns anything older than what was committed when it started',
    columns: [perMillionOf('olderThanCommitted', 'older than committed at start, per million reads'), OLDEST],
  },
  acknowledged: {
    title: 'Acknowledged',
    promise: 'no read that starts after a write was acknowledged returns anything older',
    columns: [
      perMillionOf('staleAfterAcknowledge', 'stale after acknowledge, per million reads'),
      { head: 'writes never acknowledged', cell: ({ findings }) => percent(findings.unacknowledged, findings.writes) },
    ],
  },
  bounded: {
    title: `Bounded, B = ${BOUND_MS} ms`,
    promise: `no hit is older than ${BOUND_MS} ms, even when no event arrives any more`,
    columns: [
      {
        head: 'hits older than B, per million hits',
        cell: ({ findings }) => rate(findings.beyondBound.count, findings.hits),
      },
      OLDEST,
    ],
  },
  eventual: {
    title: 'Eventual',
    promise: 'when all is quiet no old entry remains; with a token no reader goes back',
    columns: [
      { head: 'old keys at the end', cell: ({ staleAtTheEnd, keys }) => `${staleAtTheEnd} of ${keys}` },
      { head: 'commit to gone p99, ms', cell: ({ findings }) => readable(quantileOf(findings.commitToGoneMs, 0.99)) },
      perMillionOf('wentBack', 'went back, per million reads'),
    ],
  },
};

/** The tables of these levels, over all rows. */
export function tablesOf(levels: readonly Level[], results: readonly RowResult[]): LevelTable[] {
  return levels.map((level) => {
    const { title, promise, columns } = TABLES[level];
    const all = [...COMMON, ...columns];
    return {
      ...{ level, title, promise, head: all.map(({ head }) => head) },
      rows: results.map((result) => ({
        result,
        cells: all.map(({ cell }) => cell(result)),
        verdict: result.promised.level === level ? verdictOf(result) : null,
      })),
    };
  });
}

function verdictOf(result: RowResult): 'kept' | 'broken' {
  return brokenPromises(result).length === 0 ? 'kept' : 'broken';
}

/** Tables for a terminal. */
export function printed(tables: readonly LevelTable[]): string {
  return tables.map(printedTable).join('\n');
}

function printedTable({ title, promise, head, rows }: LevelTable): string {
  const lines = [
    ['', ...head, ''],
    ...rows.map(({ result, cells, verdict }) => [result.label, ...cells, verdict === null ? '' : `promise ${verdict}`]),
  ];
  return [`${title}: ${promise}`, '', ...aligned(lines), ''].join('\n');
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
