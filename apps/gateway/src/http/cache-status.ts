import type { CacheReport } from '@larder/platform';

/**
 * The Cache-Status field (RFC 9211) of an answer, one member per cache in the order in which they were asked: they stand
 * side by side, none behind another. `detail` says of a hit that it was past its TTL (`stale`), or that some of it was in
 * the process itself (`l1`). `undefined` when no cache was asked.
 */
export function cacheStatus(reports: readonly CacheReport[] | undefined): string | undefined {
  if (reports === undefined || reports.length === 0) return undefined;
  return reports.map(member).join(', ');
}

function member({ cache, outcome, l1, stored, shared }: CacheReport): string {
  if (outcome === 'hit') return `${cache}; hit${l1 ? '; detail=l1' : ''}`;
  if (outcome === 'stale') return `${cache}; hit; detail=stale`;
  return `${cache}; fwd=${outcome}${stored ? '; stored' : ''}${shared ? '; collapsed' : ''}`;
}
