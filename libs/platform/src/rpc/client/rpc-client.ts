import type { WritePacket } from '@nestjs/microservices';
import type { Registry } from 'prom-client';
import { Answer } from '../answer.js';
import type { OutgoingCall } from '../caller.js';
import { PASSPORT_REFUSED, readRefusal, type AnswerEnvelope, type CallEnvelope } from '../envelope.js';
import type { InputOf, OutputOf, Procedure } from '../procedure.js';
import { FrameTooLong } from '../rpc-socket.js';
import type { UpstreamTls } from '../tls/upstream-tls.js';
import { Passports } from './passports.js';
import { RemoteError } from './remote-error.js';
import { RetryBudget } from './retry-budget.js';
import { TransportFailure } from './transport-failure.js';
import { UpstreamMetrics } from './upstream-metrics.js';
import { Upstream } from './upstream.js';

/** What {@link RpcClient} takes. */
export interface RpcClientOptions {
  /** The calling service's own name. */
  readonly service: string;
  /** The name of the service that is called. */
  readonly upstream: string;
  /** The key of this pair of services, at least 32 bytes of text. */
  readonly key: string;
  /** Where the processes of the service listen; at least one. */
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  /** Given, they are called over TLS alone. */
  readonly tls?: UpstreamTls;
  /** Calls in flight beyond this number, those that wait for a connection included, are refused; 1,024 unless given. */
  readonly maxInFlight?: number;
  /** Where to count retries, failures and the breaker's state, by upstream; nowhere unless given. */
  readonly registry?: Registry;
}

const MAX_IN_FLIGHT = 1_024;

/**
 * Calls one upstream service, whose calls it spreads over its processes. Connects at the first call and again by itself.
 * Every call ends by its deadline; what was not run, and reads whose connection broke, are repeated once, within a budget of a
 * fifth of the calls.
 */
export class RpcClient {
  private readonly passports: Passports;
  private readonly upstream: Upstream;
  private readonly metrics: UpstreamMetrics;
  private readonly budget = new RetryBudget();
  private inFlight = 0;

  /** @throws {TypeError} for a key shorter than 32 bytes */
  constructor(private readonly options: RpcClientOptions) {
    this.passports = new Passports(options);
    this.metrics = new UpstreamMetrics(options.upstream, options.registry);
    const { addresses, tls } = options;
    const members = addresses.map((address) => ({ ...address, ...(tls && { tls }) }));
    this.upstream = new Upstream(members, (state) => {
      this.metrics.circuitBecame(state);
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
    this.inFlight += 1;
    try {
      if (this.inFlight > (this.options.maxInFlight ?? MAX_IN_FLIGHT)) throw new TransportFailure('refused');
      const packet = await this.exchange(procedure, input, context);
      return this.read(packet) as Answer<OutputOf<P>>;
    } catch (error) {
      throw this.explain(error);
    } finally {
      this.inFlight -= 1;
    }
  }

  /** For a readiness check: `degraded` while some process cannot be called, `down` without a connection. Connects when there is none. */
  async health(): Promise<'up' | 'degraded' | 'down'> {
    try {
      await this.upstream.connected(Infinity);
      return this.upstream.whole ? 'up' : 'degraded';
    } catch {
      return 'down';
    }
  }

  /** Ends the connection; calls in flight, and calls after it, fail as `UNAVAILABLE`. */
  close(): void {
    this.upstream.close();
  }

  private async exchange(procedure: Procedure, input: unknown, context: OutgoingCall): Promise<WritePacket> {
    this.budget.earn();
    try {
      return await this.attempt(procedure, input, context);
    } catch (error) {
      if (!isHarmlessToRepeat(error, procedure) || !this.budget.spend()) throw error;
      this.metrics.retried();
      return this.attempt(procedure, input, context);
    }
  }

  private async attempt(procedure: Procedure, input: unknown, context: OutgoingCall): Promise<WritePacket> {
    const member = this.upstream.pick() ?? (await this.upstream.connected(remainingMs(context)));
    return member.run((connection) => {
      const waitMs = remainingMs(context);
      return connection.exchange(procedure.pattern, this.envelope(procedure, input, context, waitMs), waitMs);
    });
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

/** A call that was not run can be repeated whatever it does; whether a lost one was run, nobody knows. */
function isHarmlessToRepeat(error: unknown, { retryable }: Procedure): boolean {
  if (!(error instanceof TransportFailure)) return false;
  return error.reason === 'stopping' || (error.reason === 'connection lost' && retryable);
}

/** @throws {TransportFailure} `unanswered` when nothing remains */
function remainingMs({ deadlineMs }: OutgoingCall): number {
  const remaining = deadlineMs - Date.now();
  if (remaining <= 0) throw new TransportFailure('unanswered');
  return remaining;
}
