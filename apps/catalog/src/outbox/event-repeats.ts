import type { Publisher, PublishOutcome } from '@larder/messaging';
import { toEvents, type LoggedChange } from './logged-batch.js';
import type { OwedEvents, Repeated } from './owed-events.js';
import { isSettled, tally } from './settlement.js';

/** At most 1,000 events a second, so that a queue that stays full costs the relay little. */
const LIMIT = 250;
const POLL_MS = 250;

/** What an {@link EventRepeats} works with. */
export interface EventRepeatsParts {
  readonly owed: OwedEvents;
  readonly publisher: Publisher;
  /** Told how often each outcome came. */
  readonly published: (outcome: PublishOutcome, count: number) => void;
}

/** Publishes again the events that some queue has not taken, apart from the batches: those never wait for it. */
export class EventRepeats {
  private isFlying = false;
  private answered: Repeated | null = null;
  private lookMs = -Infinity;

  constructor(private readonly parts: EventRepeatsParts) {}

  /** Notes what was answered, and sends what is due. @throws if the relay's session is lost */
  async step(): Promise<void> {
    const { answered, parts } = this;
    if (answered !== null) await parts.owed.note(answered);
    this.answered = null;
    if (this.isFlying || performance.now() < this.lookMs) return;
    this.lookMs = performance.now() + POLL_MS;
    const due = await parts.owed.due(LIMIT);
    if (due.length > 0) void this.send(due);
  }

  private async send(due: readonly LoggedChange[]): Promise<void> {
    this.isFlying = true;
    try {
      const outcomes = await this.parts.publisher.publish(toEvents(due));
      tally(outcomes, this.parts.published);
      const [done, failed]: [string[], string[]] = [[], []];
      for (const [at, { id }] of due.entries()) (isSettled(outcomes[at]) ? done : failed).push(id);
      this.answered = { done, failed };
    } catch {
      // the broker is away; they are still due
    } finally {
      this.isFlying = false;
    }
  }
}
