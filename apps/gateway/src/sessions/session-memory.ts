import { Injectable } from '@nestjs/common';
import { auth, MAX_RECALLED, type Versions } from '@larder/contracts';
import { circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } from 'cockatiel';
import DataLoader from 'dataloader';
import { Counter, Registry } from 'prom-client';
import type { Exchange } from '../http/exchange.js';
import { newest } from '../http/version-token.js';
import { AuthClient } from '../upstreams/auth-client.js';

/** How long a public read waits for it, in milliseconds; a healthy one takes one or two. */
const READ_PATIENCE_MS = 100;
/** How long the answer to a committed change waits: what is not remembered now, nobody makes up for. */
const CHANGE_PATIENCE_MS = 500;
const FAILURES_IN_A_ROW = 5;
const BREAK_MS = 1_000;

type Step = 'recall' | 'remember';
/** A request with a session. */
type Holder = Exchange & { readonly secret: string };

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
  /** Requests that arrive in one turn of the event loop share a call. Nothing is kept: the next request asks again. */
  private readonly recalls = new DataLoader<Holder, Versions>((holders) => this.recallAll(holders), {
    cache: false,
    maxBatchSize: MAX_RECALLED,
    batchScheduleFn: setImmediate,
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
    if (!isHolder(exchange)) return;
    const versions = await this.attempt('recall', () => this.recalls.load(exchange));
    if (versions !== undefined) exchange.seen = newest(exchange.seen, versions);
  }

  /** Resolves once the session that made `versions` remembers them, or cannot be made to. */
  async remember(exchange: Exchange, versions: Versions): Promise<void> {
    if (Object.keys(versions).length === 0) return;
    const call = (): Promise<unknown> =>
      this.auth.call(auth.remember, { versions }, within(CHANGE_PATIENCE_MS, exchange));
    await this.attempt('remember', () => this.guarded(call));
  }

  private async recallAll(holders: readonly Holder[]): Promise<readonly Versions[]> {
    const [first] = holders as [Holder];
    const input = { secrets: holders.map(({ secret }) => secret) };
    const call = () => this.auth.callWithoutSession(auth.recall, input, within(READ_PATIENCE_MS, first));
    return (await this.guarded(call)).versions;
  }

  private guarded<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.breaker.state === CircuitState.HalfOpen) throw new Error('It is being tried'); // cockatiel would wait
    return this.breaker.execute(call);
  }

  private async attempt<Result>(step: Step, work: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await work();
    } catch {
      this.failures.inc({ step });
      return undefined;
    }
  }
}

function isHolder(exchange: Exchange): exchange is Holder {
  return exchange.secret !== null;
}

/** The exchange as a call sees it that must not wait longer than `patienceMs`. */
function within(patienceMs: number, exchange: Exchange): Exchange {
  return { ...exchange, deadlineMs: Math.min(exchange.deadlineMs, Date.now() + patienceMs) };
}
