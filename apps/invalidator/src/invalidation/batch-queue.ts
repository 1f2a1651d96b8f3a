import { Inject, Injectable } from '@nestjs/common';
import { Chain, type ChainBatch } from '@larder/cache';
import { Insistence } from './insistence.js';
import { joined } from './joined.js';

/** What became of a batch: the store had it already, or has it now. */
export type BatchOutcome = 'applied' | 'duplicate';

/** As many as one batch of the catalog may hold, so that the store applies them well within its timeout, whatever waited while it was away. */
const MAX_INVALIDATIONS = 500;

interface Waiting {
  readonly batch: ChainBatch;
  readonly resolve: (outcome: BatchOutcome) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Applies batches in the order in which they come, one after the other, or in one step those that follow each other and have come
 * while the store was busy; each is repeated until the store has applied it.
 */
@Injectable()
export class BatchQueue {
  private readonly waiting: Waiting[] = [];
  private working = false;
  /** The number that the store was last seen at; `null` when that is not known. */
  private standsAt: number | null = null;

  constructor(
    @Inject(Chain) private readonly chain: Chain,
    @Inject(Insistence) private readonly insistence: Insistence,
  ) {}

  /** Resolves once the store has applied it, and all before it. @throws {DeliveryGivenBack} when this process stops before that */
  apply(batch: ChainBatch): Promise<BatchOutcome> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ batch, resolve, reject });
      if (!this.working) void this.work();
    });
  }

  private async work(): Promise<void> {
    this.working = true;
    while (this.waiting.length > 0) {
      const together = this.next();
      try {
        const outcome = await this.process(joined(together.map(({ batch }) => batch)));
        for (const { resolve } of together) resolve(outcome);
      } catch (error) {
        for (const { reject } of together) reject(error);
      }
    }
    this.working = false;
  }

  private async process(batch: ChainBatch): Promise<BatchOutcome> {
    this.standsAt = null;
    const outcome = await this.insistence.on(() => this.chain.apply(batch));
    this.standsAt = outcome === 'applied' ? batch.upTo : null;
    return outcome;
  }

  /** Joined are only batches that the store needs, as far as is known: of one that it has in part it would miss the beginning. */
  private next(): Waiting[] {
    const isNext = this.waiting[0]?.batch.after === this.standsAt;
    let count = 1;
    let size = sizeOf(this.waiting[0]);
    while (isNext && count < this.waiting.length) {
      size += sizeOf(this.waiting[count]);
      if (size > MAX_INVALIDATIONS || this.waiting[count]?.batch.after !== this.waiting[count - 1]?.batch.upTo) break;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }
}

function sizeOf(waiting: Waiting | undefined): number {
  const { entries = [], tags = [] } = waiting?.batch.invalidation ?? {};
  return entries.length + tags.length;
}
