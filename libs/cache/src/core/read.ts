import type { CacheEvent, CacheListener, Tier } from './events.js';
import type { Tag } from './invalidation.js';

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

export interface ReadOptions {
  /** Tags that the value depends on; they follow from the id, not from the value, because they are read before the load. */
  readonly tags?: readonly Tag[];
  /** How long the caller waits, in milliseconds; then a stale value at hand, else `LOAD_TIMEOUT`. The load goes on for others. */
  readonly timeoutMs?: number;
  /** In place of the space's `softTimeoutMs`. */
  readonly softTimeoutMs?: number;
}

type Outcome = ReadOutcome | 'negative';

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

/** Tells a listener how reads were answered, one event for all that were answered alike. */
export class ReadReport {
  /** Made once: on the path of every hit. */
  private readonly hits: Readonly<Record<'l1' | 'store', { readonly value: CacheEvent; readonly absence: CacheEvent }>>;

  constructor(
    private readonly space: string,
    private readonly emit: CacheListener,
  ) {
    const event = (outcome: 'hit' | 'negative', tier: Tier): CacheEvent => ({
      type: 'read',
      space,
      outcome,
      tier,
      count: 1,
    });
    this.hits = {
      l1: { value: event('hit', 'l1'), absence: event('negative', 'l1') },
      store: { value: event('hit', 'store'), absence: event('negative', 'store') },
    };
  }

  /** A hit of one id. */
  hit(tier: 'l1' | 'store', absence: boolean): void {
    const { value, absence: none } = this.hits[tier];
    this.emit(absence ? none : value);
  }

  /** As many as were read in one go. */
  all(reads: Iterable<Read<unknown>>): void {
    const counts = new Map<Tier, Map<Outcome, number>>();
    let hits = 0;
    let shared = 0;
    for (const read of reads) {
      if (read.shared) shared++;
      if (isStoreHit(read)) hits++;
      else count(counts, read);
    }
    const { emit, space } = this;
    if (hits > 0) emit({ type: 'read', space, outcome: 'hit', tier: 'store', count: hits });
    for (const [tier, outcomes] of counts)
      for (const [outcome, count] of outcomes) emit({ type: 'read', space, outcome, tier, count });
    if (shared > 0) emit({ type: 'coalesced', space, count: shared });
  }
}

/** What most are; counted without a map. */
function isStoreHit({ outcome, tier, value }: Read<unknown>): boolean {
  return outcome === 'hit' && tier === 'store' && value !== null;
}

function count(counts: Map<Tier, Map<Outcome, number>>, { tier, outcome: how, value }: Read<unknown>): void {
  const outcome = how === 'hit' && value === null ? 'negative' : how;
  const outcomes = counts.get(tier) ?? new Map<Outcome, number>();
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  counts.set(tier, outcomes);
}
