import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } from 'cockatiel';
import type { CircuitBreakerPolicy } from 'cockatiel';
import { withDeadline } from './deadline.js';
import { StoreRefusal } from './errors.js';
import type { CacheListener, CircuitState as CircuitName } from './events.js';
import type { Store } from './store.js';

export interface GuardOptions {
  /** How long one operation may take, in milliseconds; reads and fills after a failed one have a quarter of it. */
  readonly operationTimeoutMs: number;
  /** How many operations must fail in a row for the circuit to open. */
  readonly breakAfter: number;
  /** How long the circuit stays open before a ping probes the store, in milliseconds. */
  readonly probeAfterMs: number;
}

const STATES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open', // nobody isolates it
} as const;

/** After a failure, the next read waits for the store this many times shorter, until something succeeds. */
const IN_DOUBT_DIVISOR = 4;

/**
 * Puts a deadline on every use of a store, and a circuit breaker before reads and fills.
 * Invalidations have the deadline only: a breaker may shed a read, never an invalidation.
 */
export class GuardedStore {
  private readonly timeoutMs: number;
  private readonly breaker: CircuitBreakerPolicy;
  /** Whether the last operation to end found no store that answers. */
  private inDoubt = false;
  private circuitName: CircuitName = 'closed';

  constructor(
    private readonly store: Store,
    { operationTimeoutMs, breakAfter, probeAfterMs }: GuardOptions,
    private readonly emit: CacheListener,
  ) {
    const breaker = circuitBreaker(handleAll, {
      halfOpenAfter: probeAfterMs,
      breaker: new ConsecutiveBreaker(breakAfter),
    });
    breaker.onStateChange((state) => {
      this.turn(STATES[state]);
    });
    this.timeoutMs = operationTimeoutMs;
    this.breaker = breaker;
  }

  /** Whether reads and fills use the store now. */
  get circuit(): CircuitName {
    return this.circuitName;
  }

  /** Resolves `null` when the store cannot be used now: too slow, unreachable, unwilling, or the circuit is open. */
  async attempt<Result>(operation: string, use: (store: Store) => Promise<Result>): Promise<Result | null> {
    if (this.breaker.state !== CircuitState.Closed) {
      this.probe();
      return null;
    }
    try {
      return await this.breaker.execute(() => this.timed(operation, use, this.patienceMs).catch(nothingIfRefused));
    } catch {
      return null;
    }
  }

  /** As {@link attempt}, but past the breaker; rejects when the store has not done it in time. */
  insist<Result>(operation: string, use: (store: Store) => Promise<Result>): Promise<Result> {
    return this.timed(operation, use, this.timeoutMs);
  }

  /** A read that takes several operations must not wait for a store that hangs as many times. */
  private get patienceMs(): number {
    return this.inDoubt ? this.timeoutMs / IN_DOUBT_DIVISOR : this.timeoutMs;
  }

  /** Asks a store that was given up whether it is back, if it is time to; a read that waited for the answer would be slow. */
  private probe(): void {
    if (this.breaker.state !== CircuitState.Open) return;
    const ping = (): Promise<unknown> => this.timed('ping', (store) => store.now(), this.timeoutMs);
    this.breaker.execute(() => ping().catch(nothingIfRefused)).catch(() => undefined);
  }

  private turn(state: CircuitName): void {
    this.circuitName = state;
    this.emit({ type: 'circuit', state });
  }

  private async timed<Result>(
    operation: string,
    use: (store: Store) => Promise<Result>,
    timeoutMs: number,
  ): Promise<Result> {
    const startedMs = performance.now();
    try {
      const result = await withDeadline(use(this.store), timeoutMs);
      this.inDoubt = false;
      this.emit({ type: 'operation', operation, durationMs: performance.now() - startedMs, failed: false });
      return result;
    } catch (error) {
      this.inDoubt = !(error instanceof StoreRefusal);
      this.emit({ type: 'operation', operation, durationMs: performance.now() - startedMs, failed: true, error });
      throw error;
    }
  }
}

/** A store that refuses is there: to the breaker its answer is as good as any. */
function nothingIfRefused(error: unknown): null {
  if (error instanceof StoreRefusal) return null;
  throw error;
}
