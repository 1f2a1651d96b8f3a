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

  all(reads: Iterable<Read<unknown>>): void {
    const counts = new Map<string, { outcome: Outcome; tier: Tier; count: number }>();
    let shared = 0;
    for (const { value, outcome: how, tier, shared: isShared } of reads) {
      const outcome = how === 'hit' && value === null ? 'negative' : how;
      const name = outcome + tier;
      const known = counts.get(name);
      if (known) known.count++;
      else counts.set(name, { outcome, tier, count: 1 });
      if (isShared) shared++;
    }
    for (const each of counts.values()) this.emit({ type: 'read', space: this.space, ...each });
    if (shared > 0) this.emit({ type: 'coalesced', space: this.space, count: shared });
  }
}
