import type { EntryInvalidation, Invalidation, Tag } from './invalidation.js';
import { generationOf } from './key.js';

/** Its identity tells one wait from the next, so that an invalidation that arrives while another is sent is not forgotten with it. */
interface Waiting {
  readonly kind: 'entry' | 'tag';
  readonly version: number | undefined;
  /** Whose intents it ends. */
  readonly transactions: readonly string[];
}

/** What waits under a key or a tag. */
export type Named = readonly [name: string, waiting: Waiting];

/** Invalidations in the order in which they are to be tried, one per key at its newest version, and one per tag. */
export class WaitingQueue {
  private readonly waiting = new Map<string, Waiting>();
  private tagCount = 0;

  get size(): number {
    return this.waiting.size;
  }

  get tags(): number {
    return this.tagCount;
  }

  has(name: string): boolean {
    return this.waiting.has(name);
  }

  addTag(tag: Tag): void {
    if (!this.waiting.has(tag)) this.tagCount += 1;
    this.waiting.set(tag, { kind: 'tag', version: undefined, transactions: [] });
  }

  addEntry({ key, version, transaction }: EntryInvalidation): void {
    const generation = generationOf(key);
    // Its whole space is to be retired: once more, because that may be under way already.
    if (this.waiting.has(generation)) this.addTag(generation);
    else this.waiting.set(key, merged(this.waiting.get(key), version, transaction));
  }

  /** Lets the generations of their spaces take the place of all entries; which. */
  retireSpaces(): ReadonlySet<Tag> {
    const keys = [...this.waiting].flatMap(([name, { kind }]) => (kind === 'entry' ? [name] : []));
    for (const key of keys) this.waiting.delete(key);
    const generations = new Set(keys.map(generationOf));
    for (const generation of generations) this.addTag(generation);
    return generations;
  }

  /** The first `count` at most. */
  front(count: number): readonly Named[] {
    const batch: Named[] = [];
    for (const each of this.waiting) {
      if (batch.length === count) break;
      batch.push(each);
    }
    return batch;
  }

  /** Removes those that no later invalidation has taken the place of; which. */
  remove(batch: readonly Named[]): readonly Named[] {
    const removed = this.stillWaiting(batch);
    for (const [name, { kind }] of removed) {
      this.waiting.delete(name);
      if (kind === 'tag') this.tagCount -= 1;
    }
    return removed;
  }

  /** Has the others tried first. */
  putBack(batch: readonly Named[]): void {
    for (const [name, waiting] of this.stillWaiting(batch)) {
      this.waiting.delete(name);
      this.waiting.set(name, waiting);
    }
  }

  private stillWaiting(batch: readonly Named[]): readonly Named[] {
    return batch.filter(([name, waiting]) => this.waiting.get(name) === waiting);
  }
}

export function invalidationOf(batch: readonly Named[]): Invalidation {
  return {
    entries: batch.flatMap(([key, { kind, version, transactions }]) => {
      if (kind === 'tag') return [];
      const entry = version === undefined ? { key } : { key, version };
      return transactions.length === 0 ? entry : transactions.map((transaction) => ({ ...entry, transaction }));
    }),
    tags: batch.flatMap(([name, { kind }]) => (kind === 'tag' ? [name as Tag] : [])),
  };
}

/** An invalidation without a version covers every version. */
function merged(known: Waiting | undefined, version: number | undefined, transaction: string | undefined): Waiting {
  const transactions = [
    ...new Set([...(known?.transactions ?? []), ...(transaction === undefined ? [] : [transaction])]),
  ];
  if (!known || version === undefined) return { kind: 'entry', version, transactions };
  const newer = known.version === undefined ? undefined : Math.max(known.version, version);
  return { kind: 'entry', version: newer, transactions };
}
