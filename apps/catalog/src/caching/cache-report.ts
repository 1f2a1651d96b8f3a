import type { Read } from '@larder/cache';
import type { CacheReport } from '@larder/platform';

type Trace = Pick<Read<unknown>, 'outcome' | 'tier' | 'stored' | 'shared'>;

/** How one entry was read, as the gateway reports it under `cache`. */
export function reportOf(cache: string, { outcome, tier, stored, shared }: Trace): CacheReport {
  return { cache, outcome, l1: tier === 'l1', stored, shared };
}

/**
 * How several entries were read, as one report: none when there were none to read. `partial` when some came from the
 * cache and others did not; stale when all came from the cache and any was stale; stored when every one that was loaded
 * was stored; shared when any load was another caller's.
 */
export function reportsOf(cache: string, reads: Iterable<Trace>): CacheReport[] {
  const all = [...reads];
  const loaded = all.filter(({ tier }) => tier === 'source');
  if (all.length === 0) return [];
  return [
    {
      cache,
      outcome: outcomeOf(all, loaded),
      l1: all.some(({ tier }) => tier === 'l1'),
      stored: loaded.length > 0 && loaded.every(({ stored }) => stored),
      shared: all.some(({ shared }) => shared),
    },
  ];
}

function outcomeOf(all: readonly Trace[], loaded: readonly Trace[]): CacheReport['outcome'] {
  const [outcome = 'hit', ...others] = new Set(all.map((trace) => trace.outcome));
  if (others.length === 0) return outcome;
  return loaded.length === 0 ? 'stale' : 'partial';
}
