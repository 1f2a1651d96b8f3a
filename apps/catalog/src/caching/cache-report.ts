import type { Read } from '@larder/cache';
import type { CacheReport } from '@larder/platform';

type Trace = Pick<Read<unknown>, 'outcome' | 'stored' | 'shared'>;

/** How one entry was read, as the gateway reports it under `cache`. */
export function reportOf(cache: string, { outcome, stored, shared }: Trace): CacheReport {
  return { cache, outcome, stored, shared };
}

/**
 * How several entries were read, as one report: none when there were none to read. `partial` when some came from the
 * cache and others did not; stored when every one that was loaded was stored; shared when any load was another caller's.
 */
export function reportsOf(cache: string, reads: Iterable<Trace>): CacheReport[] {
  const all = [...reads];
  const loaded = all.filter(({ outcome }) => outcome !== 'hit');
  const [first] = all;
  if (first === undefined) return [];
  return [
    {
      cache,
      outcome: all.every(({ outcome }) => outcome === first.outcome) ? first.outcome : 'partial',
      stored: loaded.length > 0 && loaded.every(({ stored }) => stored),
      shared: all.some(({ shared }) => shared),
    },
  ];
}
