import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { DeliveryGivenBack } from '@larder/messaging';

const FIRST_RETRY_MS = 25;
/** About every minute. */
const LOG_EVERY = 600;
const MAX_RETRY_MS = 100; // an attempt without a connection fails at once and costs nothing

/** Repeats what fails because a server is away, until it succeeds or this process stops. */
@Injectable()
export class Insistence implements OnApplicationShutdown {
  private readonly logger = new Logger(Insistence.name);
  private readonly stop = new AbortController();

  /** What `work` resolves with. It is run again after each failure. @throws {DeliveryGivenBack} when this process stops before that */
  async on<Result>(work: () => Promise<Result>): Promise<Result> {
    const { signal } = this.stop;
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      try {
        const result = await work();
        if (attempt > 0) this.logger.log(`what was owed is applied, at attempt ${attempt + 1}`);
        return result;
      } catch (error) {
        if (attempt % LOG_EVERY === 0) this.logger.warn({ message: 'invalidations cannot be applied', reason: error });
        const delayMs = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempt, 8));
        await sleep(delayMs, undefined, { signal }).catch(() => undefined);
      }
    }
    throw new DeliveryGivenBack('the invalidator stops');
  }

  /** Ends the repetitions. What waits for them was given back to the broker before. */
  onApplicationShutdown(): void {
    this.stop.abort();
  }
}
