import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Cache, type Invalidation } from '@larder/cache';
import { DeliveryGivenBack } from '@larder/messaging';

/** Small enough that the store applies a batch well within its timeout, whatever waited while it was away. */
const MAX_BATCH = 100;
const FIRST_RETRY_MS = 25;
const MAX_RETRY_MS = 100; // an attempt without a connection fails at once and costs nothing

interface Waiting {
  readonly invalidation: Invalidation;
  readonly resolve: () => void;
  readonly reject: (reason: Error) => void;
}

/**
 * Applies invalidations in batches: whatever has arrived while one batch was on its way goes out together as the next.
 * A batch that the store has not applied is repeated until it has; versions make repetition harmless.
 */
@Injectable()
export class InvalidationBatches implements OnApplicationShutdown {
  private readonly logger = new Logger(InvalidationBatches.name);
  private readonly stop = new AbortController();
  private waiting: Waiting[] = [];
  private sending = false;

  constructor(@Inject(Cache) private readonly cache: Cache) {}

  /** Resolves once the store has applied it. @throws {DeliveryGivenBack} when this process stops before that */
  apply(invalidation: Invalidation): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ invalidation, resolve, reject });
      if (!this.sending) void this.send();
    });
  }

  /** Ends the repetitions. Events that wait for them were given back to the broker before. */
  onApplicationShutdown(): void {
    this.stop.abort();
  }

  private async send(): Promise<void> {
    this.sending = true;
    await turn(); // let the rest of what has arrived join
    while (this.waiting.length > 0) {
      const batch = this.waiting.slice(0, MAX_BATCH);
      this.waiting = this.waiting.slice(MAX_BATCH);
      const applied = await this.insist(batch.map(({ invalidation }) => invalidation));
      for (const { resolve, reject } of batch) {
        if (applied) resolve();
        else reject(new DeliveryGivenBack('the invalidator stops'));
      }
    }
    this.sending = false;
  }

  /** Answers whether the batch was applied; not when this process stops first. */
  private async insist(batch: readonly Invalidation[]): Promise<boolean> {
    const { signal } = this.stop;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        await this.cache.invalidateAll(batch);
        if (attempt > 0) this.logger.log(`the store has applied what it owed, at attempt ${attempt + 1}`);
        return true;
      } catch (error) {
        if (attempt === 0) this.logger.warn({ message: 'the store does not apply invalidations', reason: error });
        const delayMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 8));
        await sleep(delayMs, undefined, { signal }).catch(() => undefined);
      }
    }
    return false;
  }
}
