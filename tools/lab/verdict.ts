import { BOUND_MS } from './levels.js';
import type { RowResult } from './row-run.js';

/** What a row has promised and not kept, one sentence each; empty if it kept all, or promised nothing. */
export function brokenPromises(row: RowResult): string[] {
  const { promised, findings, staleAtTheEnd, keys } = row;
  const broken = [
    ...(findings.unknownVersions.count > 0
      ? [`${findings.unknownVersions.count} reads of versions that never were`]
      : []),
  ];
  if (promised.level === null) return broken;
  const counts: readonly (readonly [boolean, number, string])[] = [
    [
      promised.level === 'strict',
      findings.olderThanCommitted.count,
      'reads older than what was committed at their start',
    ],
    [
      promised.level === 'strict' || promised.level === 'acknowledged',
      findings.staleAfterAcknowledge.count,
      'reads older than an acknowledged write',
    ],
    [promised.level === 'bounded', findings.beyondBound.count, `hits older than ${BOUND_MS} ms`],
    [promised.sessions, findings.wentBack.count, 'reads that went back behind what their reader had seen'],
    [true, staleAtTheEnd, `of ${keys} keys still old when all was quiet`],
  ];
  return [...broken, ...counts.flatMap(([holds, count, what]) => (holds && count > 0 ? [`${count} ${what}`] : []))];
}

/** Whether every promise was kept. */
export function allKept(rows: readonly RowResult[]): boolean {
  return rows.every((row) => brokenPromises(row).length === 0);
}
