/** The bounds of a queue of samples. */
export interface SampleLimits {
  /** How many messages may wait, > 0; of more, the oldest are dropped. */
  readonly maxMessages: number;
  /** How long a message may wait before it is dropped, and the queue without any consumer before it is deleted, in milliseconds, > 0. */
  readonly ttlMs: number;
}

/**
 * What becomes of a message that nobody takes, or cannot handle.
 *
 * With `deliveryLimit` the queue keeps everything: a failed delivery is repeated that many times, >= 1, and goes to the dead
 * letters then, as a malformed one does at once. With `singleActiveConsumer`, of all its consumers one receives, in the order of the
 * queue, and the next one once that is gone: what the first gives back then comes behind what it never had. All receive unless given.
 *
 * With `samples` it is a queue for who can do without any of them: it holds no publisher up, has no dead letters, and nothing that
 * failed comes again.
 */
export type QueueLimits =
  { readonly deliveryLimit: number; readonly singleActiveConsumer?: boolean } | { readonly samples: SampleLimits };

/** A durable queue behind a durable topic exchange. */
export type QueueTopology = QueueLimits & { readonly exchange: string; readonly queue: string };

/** How many times a failed delivery is repeated; `null`: it is dropped. */
export function deliveryLimitOf(limits: QueueLimits): number | null {
  return 'samples' in limits ? null : limits.deliveryLimit;
}
