import type { CatalogChange } from '@larder/contracts';

/** What a change says about itself: the trace it belongs to, if it belongs to one. */
export interface Origin {
  /** W3C trace context; travels with the events. */
  readonly traceparent: string | undefined;
}

/**
 * The result of a committed change, wrapped so that it cannot be used before the caches know of the change:
 * `Announcer.announce` unwraps it. `changes` are those that the transaction left in the outbox, in their order.
 */
export interface Committed<Result> {
  readonly result: Result;
  readonly changes: readonly CatalogChange[];
}
