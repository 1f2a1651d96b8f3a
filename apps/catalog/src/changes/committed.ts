import type { CatalogChange } from '@larder/contracts';

/** A request that is to be one change however often it is made: whose it is, the key that they gave it, and what it says. */
export interface Once {
  readonly accountId: string;
  /** 1 to 128 visible ASCII characters. */
  readonly key: string;
  /** SHA-256 of the request, in hex: equal for equal requests only. */
  readonly fingerprint: string;
  /** How long to wait for the same request where it is still running, in milliseconds, >= 1. */
  readonly waitMs: number;
}

/** What a change says about itself: the trace it belongs to, if it belongs to one, and whether it may be a repetition. */
export interface Origin {
  /** W3C trace context; travels with the events. */
  readonly traceparent: string | undefined;
  /** Absent: the change is made as often as it is asked for. */
  readonly once?: Once | undefined;
}

/**
 * The result of a committed change, wrapped so that it cannot be used before the caches know of the change:
 * `Announcer.announce` unwraps it. `changes` are those that the transaction left in the outbox, in their order.
 */
export interface Committed<Result> {
  readonly result: Result;
  readonly changes: readonly CatalogChange[];
}
