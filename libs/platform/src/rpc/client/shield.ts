import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  wrap,
} from 'cockatiel';
import { TransportFailure } from './transport-failure.js';

const FAILURES_IN_A_ROW = 5;
const FIRST_BREAK_MS = 100;
const LONGEST_BREAK_MS = 500;
/** A shorter wait than this says nothing about the upstream: the caller was late already. */
const FAIR_WAIT_MS = 200;

/** `closed`: calls pass. `open`: they are refused. `trying`: one call finds out whether the upstream is back. */
export type ShieldState = 'closed' | 'open' | 'trying';

/**
 * Stands before an upstream that does not answer: after five calls in a row without an answer it refuses calls for
 * 100 ms, doubling up to 500 ms, with one trial call in between. And it refuses calls beyond a number in flight.
 */
export class Shield {
  private readonly breaker = circuitBreaker(handleWhen(isUpstreamsFault), {
    halfOpenAfter: new ExponentialBackoff({ initialDelay: FIRST_BREAK_MS, maxDelay: LONGEST_BREAK_MS }),
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
  });
  private readonly policy;

  /** `onChange` is called with each new state. */
  constructor(maxInFlight: number, onChange: (state: ShieldState) => void) {
    this.policy = wrap(bulkhead(maxInFlight), this.breaker);
    this.breaker.onStateChange(() => {
      onChange(this.state);
    });
  }

  get state(): ShieldState {
    if (this.breaker.state === CircuitState.Closed) return 'closed';
    return this.breaker.state === CircuitState.HalfOpen ? 'trying' : 'open';
  }

  /** Runs `exchange`. @throws {TransportFailure} `refused` without running it; and whatever it throws */
  async run<Result>(exchange: () => Promise<Result>): Promise<Result> {
    if (this.state === 'trying') throw new TransportFailure('refused'); // cockatiel would wait for the trial
    try {
      return await this.policy.execute(exchange);
    } catch (error) {
      if (error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError) {
        throw new TransportFailure('refused', 0, { cause: error });
      }
      throw error;
    }
  }
}

function isUpstreamsFault(error: Error): boolean {
  if (!(error instanceof TransportFailure)) return false;
  return error.reason === 'connection lost' || (error.reason === 'unanswered' && error.waitedMs >= FAIR_WAIT_MS);
}
