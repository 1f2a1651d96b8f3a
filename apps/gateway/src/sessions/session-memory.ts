import { Injectable } from '@nestjs/common';
import { auth, type Versions } from '@larder/contracts';
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll, timeout, TimeoutStrategy, wrap } from 'cockatiel';
import { Counter, Registry } from 'prom-client';
import type { Exchange } from '../http/exchange.js';
import { AuthClient } from '../upstreams/auth-client.js';

/** How long a public read waits for it, in milliseconds; a healthy one takes one or two. */
const READ_PATIENCE_MS = 100;
/** How long the answer to a committed change waits: what is not remembered now, nobody makes up for. */
const CHANGE_PATIENCE_MS = 500;
const FAILURES_IN_A_ROW = 5;
const BREAK_MS = 1_000;

/**
 * What sessions remember of the changes that they made. A help for browsers, which send no version token of their own: while
 * it cannot be had, reads are as new as their level promises to everybody, and changes are committed all the same. So it
 * never fails; after five failures in a row it is not asked for a second, so that nobody waits for it each time.
 */
@Injectable()
export class SessionMemory {
  private readonly failures: Counter<'step'>;
  private readonly breaker = circuitBreaker(handleAll, {
    halfOpenAfter: BREAK_MS,
    breaker: new ConsecutiveBreaker(FAILURES_IN_A_ROW),
  });

  constructor(
    private readonly auth: AuthClient,
    registry: Registry,
  ) {
    this.failures = new Counter({
      name: 'larder_session_memory_failures_total',
      help: 'Requests with a session that went on without its memory of changes. recall: a read; remember: a change.',
      labelNames: ['step'],
      registers: [registry],
    });
  }

  /** Notes in the exchange which versions the session of its cookie made. Costs nothing without a cookie. */
  async recall(exchange: Exchange): Promise<void> {
    if (exchange.secret === null) return;
    await this.attempt('recall', READ_PATIENCE_MS, () => this.auth.call(auth.recall, {}, exchange));
  }

  /** Resolves once the session that made `versions` remembers them, or cannot be made to. */
  async remember(exchange: Exchange, versions: Versions): Promise<void> {
    if (Object.keys(versions).length === 0) return;
    await this.attempt('remember', CHANGE_PATIENCE_MS, () => this.auth.call(auth.remember, { versions }, exchange));
  }

  private async attempt(step: 'recall' | 'remember', patienceMs: number, call: () => Promise<unknown>): Promise<void> {
    try {
      if (this.breaker.state === CircuitState.HalfOpen) throw new Error('It is being tried'); // cockatiel would wait
      await wrap(this.breaker, timeout(patienceMs, TimeoutStrategy.Aggressive)).execute(call);
    } catch {
      this.failures.inc({ step });
    }
  }
}
