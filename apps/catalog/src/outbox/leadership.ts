import type { Publisher, PublishOutcome } from '@larder/messaging';
import type { Bell } from './bell.js';
import { BatchLog } from './batch-log.js';
import { EventRepeats } from './event-repeats.js';
import { toBeatEvent } from './logged-batch.js';
import { Outbound } from './outbound.js';
import { OwedEvents } from './owed-events.js';
import type { RelaySession } from './relay-session.js';

const BATCH_LIMIT = 500;
const BEAT_MS = 100;
/** A beat that is due so soon goes out now: the relay may have been woken a little early. */
const BEAT_SLACK_MS = 25;
const RETRY_POLL_MS = 100;
const TRIM_MS = 5_000;

/** What the one relay works with. */
export interface LeadershipParts {
  readonly publisher: Publisher;
  /** Rung after a commit, and here when the broker has caught up. */
  readonly bell: Bell;
  /** An instant of the cache's clock in milliseconds, not later than now; `null` if it cannot be told. */
  readonly now: () => Promise<number | null>;
  /** Told after each batch, how often each outcome came among its events. */
  readonly published: (outcome: PublishOutcome, count: number) => void;
  /** Told how many events are not published any more: for ten minutes some queue has not taken them. */
  readonly gaveUp: (count: number) => void;
}

/**
 * The work of the one relay, for as long as its session lasts: number what was committed, commit that, publish, confirm, mark.
 * Nothing is published before the number it has is committed, so that a number never stands for two contents.
 */
export class Leadership {
  private readonly log: BatchLog;
  private readonly outbound: Outbound;
  private readonly owed: OwedEvents;
  private readonly repeats: EventRepeats;
  private last = 0;
  private lastSentMs = -Infinity;
  private trimmedMs = performance.now();
  /** Whether batches may be unpublished that are not on their way, and when to look for them. */
  private owes = true;
  private lookMs = -Infinity;

  private constructor(
    private readonly session: RelaySession,
    private readonly parts: LeadershipParts,
  ) {
    this.log = new BatchLog(session);
    this.owed = new OwedEvents(session);
    this.repeats = new EventRepeats({ ...parts, owed: this.owed });
    this.outbound = new Outbound({
      ...parts,
      roomAgain: () => {
        parts.bell.ring();
      },
    });
  }

  /** Begins to lead, with a session that holds the lock. @throws if the session is lost */
  static async begin(session: RelaySession, parts: LeadershipParts): Promise<Leadership> {
    const leadership = new Leadership(session, parts);
    leadership.last = await leadership.log.last();
    return leadership;
  }

  /**
   * One step: answers whether there is more to do at once. To be called at least every second, or the session is lost.
   *
   * @throws {BrokerUnavailable} if nothing can be published; the session lasts. @throws if the session is lost
   */
  async step(): Promise<boolean> {
    if (!this.parts.publisher.connected) {
      await this.session.check();
      await this.parts.publisher.publish([]); // says why
    }
    const published = await this.takePublished();
    await this.repeat(published);
    const more = await this.carry(published);
    await this.repeats.step();
    await this.trim();
    return more;
  }

  /** Waits for the confirms of what is on its way, and notes them. Never rejects. */
  async end(): Promise<void> {
    await this.outbound.drained();
    const noted = this.takePublished().then((published) => this.log.markPublished(published));
    await noted.catch(() => undefined); // whoever leads next publishes them once more
  }

  /** Publishes again the batches that were not confirmed, and what a leader before this one left behind, before anything new. */
  private async repeat(published: readonly number[]): Promise<void> {
    const { room, inHand } = this.outbound;
    if (!this.owes || room === 0 || performance.now() < this.lookMs) return;
    const found = await this.log.unpublished([...inHand, ...published], room);
    const due = found.filter((batch) => batch.changes !== null);
    for (const batch of due) this.outbound.post(batch, batch.attempts === 0 ? batch.changes : []);
    this.owes = found.length > 0;
    this.lookMs = due.length > 0 ? -Infinity : performance.now() + RETRY_POLL_MS;
  }

  /** The instant is asked before the statement, and so before what it sees. */
  private async carry(published: readonly number[]): Promise<boolean> {
    if (this.outbound.room === 0) {
      await this.log.markPublished(published);
      return false;
    }
    const asOfMs = await this.parts.now();
    const batch = await this.log.number(BATCH_LIMIT, asOfMs, published);
    if (batch === null) {
      this.beat(asOfMs);
      return false;
    }
    this.last = batch.n;
    this.outbound.post(batch);
    if (batch.asOfMs !== null) this.lastSentMs = performance.now(); // one that certifies nothing stands for no beat
    return batch.changes.length === BATCH_LIMIT;
  }

  private beat(asOfMs: number | null): void {
    if (performance.now() < this.lastSentMs + BEAT_MS - BEAT_SLACK_MS) return;
    this.outbound.beat(toBeatEvent(this.last, asOfMs));
    this.lastSentMs = performance.now();
  }

  /** Which batches are to be noted as published; what failed of them, or of their events, is noted here. */
  private async takePublished(): Promise<readonly number[]> {
    const { published, failed, owed, unsent } = this.outbound.takeSettled();
    if (unsent || failed.length > 0) this.owes = true;
    await this.owed.keep(owed); // before the batch is noted, or a crash between the two would lose them
    if (failed.length > 0) await this.log.postpone(failed);
    return published;
  }

  private async trim(): Promise<void> {
    if (performance.now() < this.trimmedMs + TRIM_MS) return;
    this.trimmedMs = performance.now();
    await this.log.trim();
    const count = await this.owed.giveUp();
    if (count > 0) this.parts.gaveUp(count);
  }
}
