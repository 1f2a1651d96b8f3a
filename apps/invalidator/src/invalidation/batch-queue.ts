import { Inject, Injectable } from '@nestjs/common';
import { Chain, type ChainBatch } from '@larder/cache';
import { Insistence } from './insistence.js';

/** What became of a batch: `overtaken` is a beat that something newer had followed already, so that nobody needed it. */
export type BatchOutcome = 'applied' | 'duplicate' | 'overtaken';

interface Waiting {
  readonly batch: ChainBatch;
  readonly resolve: (outcome: BatchOutcome) => void;
  readonly reject: (reason: unknown) => void;
}

/** Applies batches one at a time, in the order in which they come; each is repeated until the store has applied it. */
@Injectable()
export class BatchQueue {
  private readonly waiting: Waiting[] = [];
  private working = false;

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
    for (let next = this.waiting.shift(); next !== undefined; next = this.waiting.shift()) {
      await this.process(next.batch).then(next.resolve, next.reject);
    }
    this.working = false;
  }

  /** After a long absence beats have piled up; they would keep the batches among them waiting. */
  private async process(batch: ChainBatch): Promise<BatchOutcome> {
    if (batch.after === batch.upTo && this.waiting.length > 0) return 'overtaken';
    return this.insistence.on(() => this.chain.apply(batch));
  }
}
