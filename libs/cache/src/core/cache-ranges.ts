import { MAX_TIMER_MS } from './deadline.js';

/** The numbers among a cache's options, all of them integers: the least and the greatest of each. */
const RANGES = {
  operationTimeoutMs: [1, MAX_TIMER_MS],
  breakAfter: [1, Number.MAX_SAFE_INTEGER],
  probeAfterMs: [0, MAX_TIMER_MS],
  leaseMs: [1, MAX_TIMER_MS],
  tombstoneMs: [1, MAX_TIMER_MS],
  maxWaitMs: [0, MAX_TIMER_MS],
  loadConcurrency: [1, Number.MAX_SAFE_INTEGER],
  loadQueue: [0, Number.MAX_SAFE_INTEGER],
  loadTimeoutMs: [1, MAX_TIMER_MS],
  maxPendingInvalidations: [0, Number.MAX_SAFE_INTEGER],
  drainMs: [0, MAX_TIMER_MS],
} as const;

type Numbers = Readonly<Record<keyof typeof RANGES, number>>;

/** @throws {RangeError} for a number out of its range, which it names */
export function assertCacheRanges(options: Numbers): void {
  for (const [name, [min, max]] of Object.entries(RANGES)) {
    const value = options[name as keyof Numbers];
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      throw new RangeError(`${name} is an integer from ${min} to ${max}, not ${value}`);
    }
  }
}
