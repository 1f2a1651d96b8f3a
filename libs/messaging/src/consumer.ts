import type { IncomingEvent, Verdict } from './event.js';

/** What a consumer tells about a delivery that it puts, or lets the broker put, among the dead letters; a sample is dropped in their place. */
export interface DeadLetter {
  /** As the message said, `null` when it said nothing legible. */
  readonly id: string | null;
  readonly type: string;
  readonly reason: string;
}

/** The receiving side of an {@link EventConsumer}. */
export interface Subscriber {
  /** Called for each delivery, for several at a time. Must not reject. */
  handle(event: IncomingEvent): Promise<Verdict>;
  /**
   * A delivery is about to go to the dead letters, for a reason as at {@link deadLettered}. It goes once this resolves;
   * if this rejects, it is given back. What the broker puts there, or drops, on its own account is not told.
   */
  deadLettering(letter: DeadLetter): Promise<void>;
  /** A delivery went to the dead letters: its verdict was `malformed`, or it could not be read at all. */
  deadLettered(letter: DeadLetter): void;
  /** Called when `up` changes, and when `reason`, why no delivery can arrive, changes. */
  upChanged(up: boolean, reason: string | null): void;
}

/** Receives events from one durable queue, and keeps receiving through every failure of the broker. */
export interface EventConsumer {
  /** Whether deliveries can arrive at this moment. */
  readonly up: boolean;

  /**
   * Binds the queue to `patterns` (`*` is one word, `#` any number) and begins to receive.
   *
   * @throws {BrokerUnavailable} if no delivery could arrive within the start timeout
   */
  start(patterns: readonly string[], subscriber: Subscriber): Promise<void>;

  /** How many messages wait among the dead letters of this queue; a queue of samples has none. @throws {BrokerUnavailable} when nobody can tell */
  countDeadLetters(): Promise<number>;

  /** Stops receiving, lets running handlers finish for a bounded time, gives the rest back, disconnects. */
  close(): Promise<void>;
}
