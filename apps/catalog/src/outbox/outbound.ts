import type { OutgoingEvent, Publisher, PublishOutcome } from '@larder/messaging';
import type { FailedBatch } from './batch-log.js';
import { toBatchEvent, toEvents, type LoggedBatch, type LoggedChange } from './logged-batch.js';
import { isSettled, tally } from './settlement.js';

/** How many batches may wait for their confirms: enough that the broker's disk is never waited for by the next one. */
const MAX_IN_FLIGHT = 8;

/** What an {@link Outbound} works with. */
export interface OutboundParts {
  readonly publisher: Publisher;
  /** Told of each batch, how often each outcome came among its events. */
  readonly published: (outcome: PublishOutcome, count: number) => void;
  /** Called when there is room again for a batch, after there was none. */
  readonly roomAgain: () => void;
}

/** What has become of batches. `owed`: events, of any of them, that some queue has not taken. `unsent`: some could not even be tried. */
export interface Settled {
  readonly published: readonly number[];
  readonly failed: readonly FailedBatch[];
  readonly owed: readonly LoggedChange[];
  readonly unsent: boolean;
}

/** Batches on their way to the broker, in the order in which they were posted; several at a time. */
export class Outbound {
  private readonly flights = new Map<number, Promise<void>>();
  private beating = false;
  private published: number[] = [];
  private failed: FailedBatch[] = [];
  private owed: LoggedChange[] = [];
  private unsent = false;

  constructor(private readonly parts: OutboundParts) {}

  /** How many more may be posted now. */
  get room(): number {
    return Math.max(0, MAX_IN_FLIGHT - this.flights.size);
  }

  /** The numbers of those that are not answered yet, or whose answer was not taken yet. */
  get inHand(): number[] {
    return [...this.flights.keys(), ...this.published, ...this.failed.map(({ n }) => n)];
  }

  /** Publishes the batch, and behind it `changes` as events of their own: all of the batch's at its first attempt, then none. */
  post(batch: LoggedBatch, changes = batch.changes): void {
    const flight = this.publish(batch, changes).then(() => {
      const { room } = this;
      this.flights.delete(batch.n);
      if (room === 0) this.parts.roomAgain();
    });
    this.flights.set(batch.n, flight);
  }

  /** Publishes a beat, unless one is on its way. Nothing comes of it if it fails: another follows. */
  beat(event: OutgoingEvent): void {
    if (this.beating) return;
    this.beating = true;
    const done = (): void => {
      this.beating = false;
    };
    this.parts.publisher.publish([event]).then(done, done);
  }

  /** What has become of batches since this was last asked. */
  takeSettled(): Settled {
    const { published, failed, owed, unsent } = this;
    [this.published, this.failed, this.owed, this.unsent] = [[], [], [], false];
    return { published, failed, owed, unsent };
  }

  /** Resolves when every batch has been answered, within the publisher's timeout. */
  async drained(): Promise<void> {
    await Promise.all(this.flights.values());
  }

  private async publish(batch: LoggedBatch, changes: readonly LoggedChange[]): Promise<void> {
    try {
      const [ofBatch = 'timed-out', ...ofEvents] = await this.parts.publisher.publish([
        toBatchEvent(batch),
        ...toEvents(changes),
      ]);
      if (ofBatch === 'confirmed') this.published.push(batch.n);
      else this.failed.push({ n: batch.n, outcome: ofBatch });
      this.owed.push(...changes.filter((_, at) => !isSettled(ofEvents[at])));
      tally(ofEvents, this.parts.published);
    } catch {
      this.unsent = true; // the broker is away, as the next step of the relay will see
    }
  }
}
