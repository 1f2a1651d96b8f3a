/** An event on its way to the broker. `type` is the routing key too. */
export interface OutgoingEvent {
  /** Unique per source; the same for every repetition of one event. */
  readonly id: string;
  /** Words joined by dots, such as `catalog.product.updated`; at most 255 bytes. */
  readonly type: string;
  readonly source: string;
  /** When it happened, RFC 3339. */
  readonly time: string;
  /** Anything that JSON can carry, `null` and `false` among it. */
  readonly data: unknown;
  readonly subject?: string;
  readonly traceparent?: string;
}

/** An event as a consumer receives it. */
export interface IncomingEvent extends OutgoingEvent {
  /** How often the broker has delivered it before: 0 the first time. */
  readonly earlierDeliveries: number;
}

/**
 * What became of a delivery. `done`: never deliver it again. `failed`: deliver it again, and count it towards the
 * delivery limit. `given-back`: deliver it again, nobody is to blame. `malformed`: to the dead letters at once.
 */
export type Verdict = 'done' | 'failed' | 'given-back' | 'malformed';
