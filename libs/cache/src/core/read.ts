import type { Tier } from './events.js';
import type { FreshnessOptions } from './freshness.js';
import type { Tag } from './invalidation.js';
import type { Held } from './l1.js';
import type { Stored } from './finding.js';

/**
 * How a read was answered. `stale`: with a value past its TTL, as the space allows; never one that was invalidated
 * before the read began. `bypass`: the store could not be used, so the value came from the load alone.
 */
export type ReadOutcome = 'hit' | 'stale' | 'miss' | 'bypass';

/** A value and how it was come by. */
export interface Read<Value> {
  readonly value: Value;
  readonly outcome: ReadOutcome;
  readonly tier: Tier;
  /** How long ago its load began at most, in milliseconds; 0 for one that was loaded for this read. */
  readonly ageMs: number;
  /** Whether its load was stored. */
  readonly stored: boolean;
  /** Whether another caller's load served this one too. */
  readonly shared: boolean;
}

export interface ReadOptions extends FreshnessOptions {
  /** Tags that the value depends on; they follow from the id, not from the value, because they are read before the load. */
  readonly tags?: readonly Tag[];
  /** How long the caller waits, in milliseconds; then a stale value at hand, else `LOAD_TIMEOUT`. The load goes on for others. */
  readonly timeoutMs?: number;
  /** In place of the space's `softTimeoutMs`. */
  readonly softTimeoutMs?: number;
}

/** The reads of `ids`, in their order. */
export function inOrder<Value>(
  ids: readonly string[],
  reads: ReadonlyMap<string, Read<Value>>,
): Map<string, Read<Value>> {
  const ordered = new Map<string, Read<Value>>();
  for (const id of ids) {
    ordered.set(id, reads.get(id) as Read<Value>); // every id has been answered
  }
  return ordered;
}

/** What the process's own tier had. */
export function readOfHeld<Value>({ value, loadedAtMs }: Held<Value>): Read<Value | null> {
  const ageMs = performance.now() - loadedAtMs;
  return { value, outcome: 'hit', tier: 'l1', ageMs, stored: false, shared: false };
}

/** What the store had. */
export function readOfStored<Value>({ value, stage, ageMs }: Stored<Value>): Read<Value | null> {
  const outcome = stage === 'stale' || stage === 'grace' ? 'stale' : 'hit';
  return { value, outcome, tier: 'store', ageMs, stored: false, shared: false };
}
