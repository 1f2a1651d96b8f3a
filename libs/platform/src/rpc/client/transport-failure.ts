/**
 * Why a call got no answer. `unanswered`: the deadline passed. `refused`: not sent, the breaker or the limit forbade it.
 * `stopping`: it reached a process that stops, and was not run.
 */
export type TransportFailureReason = 'unreachable' | 'connection lost' | 'unanswered' | 'refused' | 'stopping';

/** A call that got no answer. `waitedMs` is how long the upstream had for it. */
export class TransportFailure extends Error {
  override readonly name = 'TransportFailure';

  constructor(
    readonly reason: TransportFailureReason,
    readonly waitedMs = 0,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}
