import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
} from 'cockatiel';
import { TransportFailure } from './transport-failure.js';

const FAILURES_IN_A_ROW = 5;
const FIRST_BREAK_MS = 100;
const LONGEST_BREAK_MS = 500;
/** While others serve, no call is risked before; not shorter than the longest break. */
const TRIAL_AFTER_MS = 1_000;
/** A shorter wait than this says nothing about the upstream: the caller was late already. */
const FAIR_WAIT_MS = 200;

/** `closed`: calls pass. `open`: they are refused. `trying`: one call finds out whether the upstream is back. */
export type ShieldState = 'closed' | 'open' | 'trying';

/**
 * Stands before a process that does not answer: after five calls in a row without an answer it refuses calls for
 * 100 ms, doubling up to 500 ms, with one trial call in between, which has passed only if it was answered.
 */
export class Shield {
  private readonly breaker = circuitBreaker(
    handleWhen((error) => this.state === 'trying' || isUpstreamsFault(error)),
    {
      halfOpenAfter: new ExponentialBackoff({ initialDelay: FIRST_BREAK_MS, maxDelay: LONGEST_BREAK_MS }),
      breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
    },
  );
  private openedAtMs = 0;

  /** `onChange` is called with each new state. */
  constructor(onChange: (state: ShieldState) => void) {
    this.breaker.onStateChange(() => {
      if (this.state === 'open') this.openedAtMs = performance.now();
      onChange(this.state);
    });
  }

  get state(): ShieldState {
    if (this.breaker.state === CircuitState.Closed) return 'closed';
    return this.breaker.state === CircuitState.HalfOpen ? 'trying' : 'open';
  }

  /** Whether it is time for a trial call though other processes serve. */
  get trialDue(): boolean {
    return this.state === 'open' && performance.now() - this.openedAtMs >= TRIAL_AFTER_MS;
  }

  /** Runs `exchange`. @throws {TransportFailure} `refused` without running it; and whatever it throws */
  async run<Result>(exchange: () => Promise<Result>): Promise<Result> {
    if (this.state === 'trying') throw new TransportFailure('refused'); // cockatiel would wait for the trial
    try {
      return await this.breaker.execute(exchange);
    } catch (error) {
      if (error instanceof BrokenCircuitError) throw new TransportFailure('refused', 0, { cause: error });
      throw error;
    }
  }
}

function isUpstreamsFault(error: Error): boolean {
  if (!(error instanceof TransportFailure)) return false;
  return error.reason === 'connection lost' || (error.reason === 'unanswered' && error.waitedMs >= FAIR_WAIT_MS);
}
