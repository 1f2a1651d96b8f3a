import type { OutgoingEvent } from './event.js';

/**
 * What became of one event. `confirmed`: stored by every queue that wants it. `unroutable`: no queue wants it, so it
 * is gone. `refused`: the broker, or AMQP itself, would not take it. `timed-out`: nobody knows; publish it again.
 */
export type PublishOutcome = 'confirmed' | 'unroutable' | 'refused' | 'timed-out';

/** Hands events to the broker. */
export interface Publisher {
  /** Whether a publish has somewhere to go at this moment. */
  readonly connected: boolean;

  /**
   * Publishes all events and answers one outcome for each, in their order, within the publish timeout.
   *
   * @throws {BrokerUnavailable} at once, when nothing could be sent
   */
  publish(events: readonly OutgoingEvent[]): Promise<PublishOutcome[]>;

  /** Ends the connection. A publish in flight answers `timed-out`, a later one rejects. */
  close(): Promise<void>;
}

/** The broker is away, refuses us, or blocks publishers. Nothing was sent. */
export class BrokerUnavailable extends Error {
  override readonly name = 'BrokerUnavailable';
  readonly code = 'BROKER_UNAVAILABLE';
}
