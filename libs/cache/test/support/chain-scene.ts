import type { CacheOptions } from '../../src/core/cache-options.js';
import { Chain, type ChainBatch, type ChainLog } from '../../src/core/chain.js';
import type { EntryInvalidation, Invalidation, Tag } from '../../src/core/invalidation.js';
import type { SpaceDefinition } from '../../src/core/space.js';
import { setUpRows, type RowSetUp } from './row-space.js';
import type { Row } from './versioned-row.js';

/** A source's memory of its numbered changes. */
export class ChangeLog implements ChainLog {
  batches: ChainBatch[] = [];
  /** What was forgotten is before this number. */
  from = 0;
  /** Batches in an answer, at most. */
  most = Infinity;
  /** What was asked for. */
  readonly asked: number[] = [];
  /** What it rejects with; `null`: it answers. */
  failure: Error | null = null;

  get last(): number {
    return this.batches.at(-1)?.upTo ?? this.from;
  }

  /** The next batch. */
  append(invalidation: Invalidation, asOfMs: number | null = null): ChainBatch {
    const batch = { after: this.last, upTo: this.last + 1, asOfMs, invalidation };
    this.batches.push(batch);
    return batch;
  }

  /** A batch of nothing, at the end. */
  beat(asOfMs: number | null): ChainBatch {
    return { after: this.last, upTo: this.last, asOfMs, invalidation: { entries: [], tags: [] } };
  }

  /** Forgets all batches up to this number. */
  forget(upTo: number): void {
    this.batches = this.batches.filter((each) => each.after >= upTo);
    this.from = upTo;
  }

  async since(after: number): Promise<readonly ChainBatch[] | null> {
    this.asked.push(after);
    if (this.failure) throw this.failure;
    if (after < this.from || after > this.last) return null;
    return this.batches.filter((each) => each.after >= after).slice(0, this.most);
  }
}

/** What {@link setUpChain} makes. */
export interface ChainSetUp extends RowSetUp {
  readonly log: ChangeLog;
  readonly chain: Chain;
  /** The log's next batch, of these entries. */
  readonly change: (...entries: EntryInvalidation[]) => ChainBatch;
  /** Applies a batch of nothing that certifies all until now. */
  readonly certify: () => Promise<unknown>;
}

/** How out of date the rows of {@link setUpChain} may be, unless a test says otherwise. */
export const BOUND_MS = 1_000;

/** As {@link setUpRows}, at a bound, with a chain that has not begun. */
export function setUpChain(more: Partial<SpaceDefinition<Row>> = {}, options: Partial<CacheOptions> = {}): ChainSetUp {
  const parts = setUpRows({ freshness: { maxStalenessMs: BOUND_MS }, ...more }, options);
  const { cache, rows, clock } = parts;
  const log = new ChangeLog();
  const chain = new Chain(cache, { service: 'shop', spaces: [rows], log });
  return {
    ...{ ...parts, log, chain },
    change: (...entries) => log.append({ entries, tags: [] as Tag[] }),
    certify: () => chain.apply(log.beat(clock.now())),
  };
}
