import { randomUUID } from 'node:crypto';
import { IncomingMessage } from 'node:http';
import type { Versions } from '@larder/contracts';
import type { Caller, OutgoingCall } from '@larder/platform';
import type { RateDecision } from '../limits/rate-limits.js';
import type { Route } from './route.js';

const REQUEST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{7,63}$/;

/** What is known about one request and its answer while it runs. */
export interface Exchange {
  readonly requestId: string;
  /** How long the answer may take once the request is here, in milliseconds. */
  readonly timeoutMs: number;
  /** When the answer must be out, in epoch milliseconds; every call to a service shares it. */
  deadlineMs: number;
  /** Whom the request counts for, by limits here and in the auth service: see {@link holderOf}; absent when the connection is gone. */
  readonly client: string | undefined;
  /** When the request came, in milliseconds of the monotonic clock. */
  readonly startedMs: number;
  /** Whether the client's limits let the request through, and what the answer says of them. */
  readonly rate: RateDecision;
  /** The template of the route that took it, such as `/v1/products/{id}`; `null` when none did. */
  route: string | null;
  /** The route whose handler answers; `null` until the access check has let the request through to one. */
  served: Route | null;
  /** Who calls; `null` until an access check has found it out, and on routes that need none. */
  principal: Caller | null;
  /** What the client has seen, by its version token and its session: nothing older may be shown to it. */
  seen: Versions;
  /** Settles once `seen` also holds what the session remembers, or that cannot be had; `null` when it is not asked. Never rejects. */
  recalled: Promise<void> | null;
  /** The session cookie's secret as it came; read only on routes that use the session or its memory. */
  secret: string | null;
  /** The Set-Cookie fields that the auth service ordered, by the kind of cookie; the last order counts. They go out with errors too. */
  readonly cookies: Map<'session' | 'device', string>;
}

/**
 * A request as the gateway's server makes it, with the place for its exchange: in a WeakMap, exchanges outlive their
 * requests until the next major collection, and moving them about takes a busy gateway a tenth of its time.
 */
export class GatewayRequest extends IncomingMessage {
  exchange: Exchange | null = null;
}

/**
 * Opens the exchange of a request. Its id is that of X-Request-Id if that is 8 to 64 letters, digits, dots, dashes and
 * underscores, else a fresh one.
 */
export function openExchange(
  raw: GatewayRequest,
  { timeoutMs, client, rate }: { timeoutMs: number } & Pick<Exchange, 'client' | 'rate'>,
): Exchange {
  const given = raw.headers['x-request-id'];
  const exchange: Exchange = {
    requestId: typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID(),
    timeoutMs,
    deadlineMs: Date.now() + timeoutMs,
    client,
    startedMs: performance.now(),
    rate,
    route: null,
    served: null,
    principal: null,
    seen: {},
    recalled: null,
    secret: null,
    cookies: new Map(),
  };
  raw.exchange = exchange;
  return exchange;
}

/** The exchange of a request. @throws {TypeError} for one that was never opened */
export function exchangeOf(raw: IncomingMessage): Exchange {
  if (raw instanceof GatewayRequest && raw.exchange !== null) return raw.exchange;
  throw new TypeError('The request has no exchange: openExchange() must see it first');
}

/** The body has arrived; what time that took was the client's, and is not taken from those who answer. */
export function bodyArrived(exchange: Exchange): void {
  exchange.deadlineMs = Date.now() + exchange.timeoutMs;
}

/** How a call to a service is made on behalf of this request. */
export function outgoing({ requestId, deadlineMs, principal }: Exchange): OutgoingCall {
  return { requestId, deadlineMs, principal };
}
