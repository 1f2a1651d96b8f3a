import { systemClock, type Clock } from './clock.js';
import type { CacheListener } from './events.js';
import type { FenceTiming } from './fence.js';
import type { GuardOptions } from './guarded-store.js';
import type { RunningTransactions } from './intents.js';
import type { LoadLimits } from './load.js';
import type { Store } from './store.js';

/** How a cache behaves; every field but `store` has a default. */
export interface CacheOptions extends Partial<GuardOptions>, Partial<FenceTiming>, Partial<LoadLimits> {
  readonly store: Store;
  /** How long a read waits for another process's load before it loads by itself, in milliseconds; 500 unless given. */
  readonly maxWaitMs?: number;
  /** Told what the cache does; nobody unless given. */
  readonly onEvent?: CacheListener;
  /**
   * Invalidations that may wait for an unreachable store, at most; beyond, their spaces are retired as a whole.
   * 100,000 unless given, 0 for a caller that repeats them itself.
   */
  readonly maxPendingInvalidations?: number;
  /** How long `close` waits for what runs in the background, in milliseconds; 1,000 unless given. */
  readonly drainMs?: number;
  readonly clock?: Clock;
  /** Asks the database of strict spaces about transactions whose intents stand for long; without it those wait for their writers. */
  readonly transactions?: RunningTransactions;
}

/** What a cache does unless told otherwise. */
export const CACHE_DEFAULTS: Required<Omit<CacheOptions, 'store' | 'transactions'>> = {
  operationTimeoutMs: 100,
  breakAfter: 3,
  probeAfterMs: 250,
  leaseMs: 2_000,
  tombstoneMs: 30_000,
  maxWaitMs: 500,
  loadConcurrency: 64,
  loadQueue: 256,
  loadTimeoutMs: 5_000,
  maxPendingInvalidations: 100_000,
  drainMs: 1_000,
  clock: systemClock,
  onEvent: () => undefined,
};
