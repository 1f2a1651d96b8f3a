import { PartlyApplied, StoreRefusal } from '../../src/core/errors.js';
import type { Invalidation, Tag } from '../../src/core/invalidation.js';
import { PendingInvalidations } from '../../src/core/pending-invalidations.js';

export const entry = (id: string, version?: number, transaction?: string): Invalidation => ({
  entries: [
    {
      key: `shop:row:${id}`,
      ...(version !== undefined && { version }),
      ...(transaction !== undefined && { transaction }),
    },
  ],
  tags: [],
});

/** Invalidations that wait, up to a thousand, for a store that does what a test says. */
export class PendingScene {
  readonly sent: Invalidation[] = [];
  /** How many entries were applied, and how many waited then. */
  readonly applied: [number, number][] = [];
  /** The store is away. */
  fails = true;
  /** The store will never do this one. */
  poison = '';
  /** The store does those entries whose number is even. */
  partly = false;
  /** The store does not do more in time. */
  most = Infinity;

  readonly pending: PendingInvalidations = new PendingInvalidations({
    limit: 1_000,
    send: (invalidation) => this.send(invalidation),
    onApplied: ({ entries }) => {
      this.applied.push([entries.length, this.pending.size]);
    },
    onOverflow: () => undefined,
  });

  private async send(invalidation: Invalidation): Promise<void> {
    const { entries, tags } = invalidation;
    this.sent.push(invalidation);
    if (this.fails || entries.length > this.most) throw new Error('away');
    const odd = entries.filter(({ key }) => Number(key.split(':').at(-1)) % 2 === 1);
    if (this.partly && odd.length > 0) throw partly(odd, entries.length);
    if (entries.some(({ key }) => key === this.poison)) throw new StoreRefusal('NOPERM');
    if (tags.includes(this.poison as Tag)) throw new StoreRefusal('NOPERM');
  }
}

function partly(left: Invalidation['entries'], of: number): Error {
  const cause = new Error('away');
  return left.length === of ? cause : new PartlyApplied({ entries: left, tags: [] }, { cause });
}
