import type { CacheReport } from '@larder/platform';

/**
 * The Cache-Status field (RFC 9211) of an answer, one member per cache asked, nearest to the client first.
 * `undefined` when no cache was asked.
 */
export function cacheStatus(reports: readonly CacheReport[] | undefined): string | undefined {
  if (reports === undefined || reports.length === 0) return undefined;
  return reports.map(member).join(', ');
}

function member({ cache, outcome, stored, shared }: CacheReport): string {
  if (outcome === 'hit') return `${cache}; hit`;
  if (outcome === 'stale') return `${cache}; hit; detail=stale`;
  return `${cache}; fwd=${outcome}${stored ? '; stored' : ''}${shared ? '; collapsed' : ''}`;
}
