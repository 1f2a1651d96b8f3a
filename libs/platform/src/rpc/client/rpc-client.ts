import type { WritePacket } from '@nestjs/microservices';
import type { Registry } from 'prom-client';
import { Answer } from '../answer.js';
import type { OutgoingCall } from '../caller.js';
import { PASSPORT_REFUSED, readRefusal, type AnswerEnvelope, type CallEnvelope } from '../envelope.js';
import type { InputOf, OutputOf, Procedure } from '../procedure.js';
import { FrameTooLong } from '../rpc-socket.js';
import type { UpstreamAddress } from './connection.js';
import { Passports } from './passports.js';
import { RemoteError } from './remote-error.js';
import { RetryBudget } from './retry-budget.js';
import { Shield } from './shield.js';
import { TransportFailure } from './transport-failure.js';
import { UpstreamMetrics } from './upstream-metrics.js';
import { Upstream } from './upstream.js';

/** What {@link RpcClient} takes. */
export interface RpcClientOptions extends UpstreamAddress {
  /** The calling service's own name. */
  readonly service: string;
  /** The name of the service that is called. */
  readonly upstream: string;
  /** The key of this pair of services, at least 32 bytes of text. */
  readonly key: string;
  /** Calls in flight beyond this number are refused; 1,024 unless given. */
  readonly maxInFlight?: number;
  /** Where to count retries, failures and the breaker's state, by upstream; nowhere unless given. */
  readonly registry?: Registry;
}

const MAX_IN_FLIGHT = 1_024;

/**
 * Calls one upstream service. Connects at the first call and again by itself. Every call ends by its deadline; reads
 * whose connection broke are repeated once, within a budget of a fifth of the calls.
 */
export class RpcClient {
  private readonly passports: Passports;
  private readonly upstream: Upstream;
  private readonly shield: Shield;
  private readonly metrics: UpstreamMetrics;
  private readonly budget = new RetryBudget();

  /** @throws {TypeError} for a key shorter than 32 bytes */
  constructor(private readonly options: RpcClientOptions) {
    this.passports = new Passports(options);
    this.upstream = new Upstream(options);
    this.metrics = new UpstreamMetrics(options.upstream, options.registry);
    this.shield = new Shield(options.maxInFlight ?? MAX_IN_FLIGHT, (state) => {
      this.metrics.circuitBecame(state);
      if (state === 'open') this.upstream.renew(); // a dead peer's connection can look alive for minutes
    });
  }

  /**
   * The upstream's answer; its shape is the upstream's word, it is not checked again.
   * @throws {RemoteError} the upstream's refusal by its code; `UNAVAILABLE` when it cannot be asked or does not answer in time
   */
  async call<P extends Procedure>(
    procedure: P,
    input: InputOf<P>,
    context: OutgoingCall,
  ): Promise<Answer<OutputOf<P>>> {
    try {
      const packet = await this.exchange(procedure, input, context);
      return this.read(packet) as Answer<OutputOf<P>>;
    } catch (error) {
      throw this.explain(error);
    }
  }

  /** For a readiness check: `degraded` while calls are refused, `down` without a connection. Connects when there is none. */
  async health(): Promise<'up' | 'degraded' | 'down'> {
    try {
      await this.upstream.connected(Infinity);
      return this.shield.state === 'closed' ? 'up' : 'degraded';
    } catch {
      return 'down';
    }
  }

  /** Ends the connection; calls in flight, and calls after it, fail as `UNAVAILABLE`. */
  close(): void {
    this.upstream.close();
  }

  private async exchange(procedure: Procedure, input: unknown, context: OutgoingCall): Promise<WritePacket> {
    if (procedure.retryable) this.budget.earn();
    try {
      return await this.attempt(procedure, input, context);
    } catch (error) {
      const lost = error instanceof TransportFailure && error.reason === 'connection lost';
      if (!lost || !procedure.retryable || !this.budget.spend()) throw error;
      this.metrics.retried();
      return this.attempt(procedure, input, context);
    }
  }

  private async attempt(procedure: Procedure, input: unknown, context: OutgoingCall): Promise<WritePacket> {
    const connection = this.upstream.current ?? (await this.upstream.connected(remainingMs(context)));
    const packet = await this.shield.run(() => {
      const waitMs = remainingMs(context);
      return connection.exchange(procedure.pattern, this.envelope(procedure, input, context, waitMs), waitMs);
    });
    this.upstream.serves();
    return packet;
  }

  private envelope({ pattern }: Procedure, data: unknown, context: OutgoingCall, deadlineMs: number): CallEnvelope {
    const { requestId, traceparent, principal, idempotencyKey } = context;
    return {
      meta: {
        requestId,
        ...(traceparent !== undefined && { traceparent }),
        deadlineMs,
        ...(idempotencyKey !== undefined && { idempotencyKey }),
        passport: this.passports.of(pattern, principal),
      },
      data,
    };
  }

  private read({ err, response }: WritePacket): Answer<unknown> {
    if (err === undefined) {
      const { data, cache, freshness, versions } = response as AnswerEnvelope;
      return new Answer(data, cache, freshness, versions);
    }
    const { upstream } = this.options;
    const refusal = readRefusal(err);
    if (refusal === null) {
      throw new RemoteError(upstream, { code: 'INTERNAL', detail: 'It does not know this call' }, { cause: err });
    }
    if (refusal.code !== PASSPORT_REFUSED) throw new RemoteError(upstream, refusal);
    const detail = 'It refuses our passport: compare the service keys and the clocks of both sides';
    throw new RemoteError(upstream, { code: 'INTERNAL', detail });
  }

  private explain(error: unknown): unknown {
    const { upstream } = this.options;
    if (error instanceof FrameTooLong) {
      return new RemoteError(upstream, { code: 'BAD_INPUT', detail: 'The request is too long' }, { cause: error });
    }
    if (!(error instanceof TransportFailure)) return error;
    this.metrics.failed(error.reason);
    const detail = `It cannot answer now (${error.reason})`;
    return new RemoteError(upstream, { code: 'UNAVAILABLE', detail, retryAfterSeconds: 1 }, { cause: error });
  }
}

/** @throws {TransportFailure} `unanswered` when nothing remains */
function remainingMs({ deadlineMs }: OutgoingCall): number {
  const remaining = deadlineMs - Date.now();
  if (remaining <= 0) throw new TransportFailure('unanswered');
  return remaining;
}
