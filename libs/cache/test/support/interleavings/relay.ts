import type fc from 'fast-check';
import { Chain, type Cache, type ChainBatch, type EntryInvalidation, type Space } from '../../../src/index.js';
import { passing } from './passing.js';

/** Of each batch, at most. */
const CHANGES = 2;
/** What the log remembers. */
const BATCHES = 4;

/** Numbers the changes of the source, and has them applied to the store by their chain: one batch at a time, again and again. */
export class Relay {
  /** Whether it does nothing. */
  stopped = false;
  private running = false;
  private readonly outbox: EntryInvalidation[] = [];
  private readonly log: ChainBatch[] = [];
  private readonly chain: Chain;

  constructor(
    private readonly s: fc.Scheduler,
    private readonly cache: Cache,
    space: Pick<Space<never>, 'service' | 'generation'>,
  ) {
    const log = { since: (after: number) => this.since(after) };
    this.chain = new Chain(cache, { service: space.service, spaces: [space], log });
  }

  /** A change was committed, and what it makes obsolete with it. */
  add(entries: readonly EntryInvalidation[]): void {
    this.outbox.push(...entries);
  }

  /** Moves what is in the outbox into a batch, and hands that, or a beat, to the chain. */
  async step(): Promise<void> {
    if (this.stopped || this.running) return;
    this.running = true;
    try {
      const nowMs = await this.cache.now(); // before it looks
      await this.wait('the relay looks');
      const entries = this.outbox.splice(0, CHANGES);
      const after = this.log.length;
      const isAll = this.outbox.length === 0;
      const batch = {
        after,
        upTo: after + (entries.length > 0 ? 1 : 0),
        asOfMs: isAll ? nowMs : null,
        invalidation: { entries, tags: [] },
      };
      if (batch.upTo > after) this.log.push(batch);
      await this.wait('the batch arrives');
      await this.chain.apply(batch);
    } catch (error) {
      passing(error); // what was in it is found missing by the next one
    } finally {
      this.running = false;
    }
  }

  private async since(after: number): Promise<readonly ChainBatch[] | null> {
    await this.wait('the log is asked');
    const batches = after < this.log.length - BATCHES || after > this.log.length ? null : this.log.slice(after);
    await this.wait('the log answers');
    return batches;
  }

  private wait(what: string): Promise<void> {
    return this.s.schedule(Promise.resolve(), what);
  }
}
