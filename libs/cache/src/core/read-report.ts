import type { CacheEvent, CacheListener, Tier } from './events.js';
import type { Read, ReadOutcome } from './read.js';

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

  /** Hits of a bulk read, in the store. */
  storeHits(values: number, absences: number): void {
    const { emit, space } = this;
    if (values > 0) emit({ type: 'read', space, outcome: 'hit', tier: 'store', count: values });
    if (absences > 0) emit({ type: 'read', space, outcome: 'negative', tier: 'store', count: absences });
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
