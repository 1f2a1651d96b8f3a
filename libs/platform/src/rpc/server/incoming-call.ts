import type { CallContext, Caller } from '../caller.js';
import type { CallMeta } from '../envelope.js';

/** A call that was let in. */
export class IncomingCall implements CallContext {
  readonly requestId: string;
  readonly traceparent: string | undefined;
  readonly idempotencyKey: string | undefined;
  private readonly startedAtMs = performance.now();
  private signal: AbortSignal | undefined;

  constructor(
    private readonly meta: CallMeta,
    readonly principal: Caller | null,
    /** What the schema made of the input. */
    readonly input: unknown,
  ) {
    this.requestId = meta.requestId;
    this.traceparent = meta.traceparent;
    this.idempotencyKey = meta.idempotencyKey;
  }

  /** Made when first asked for: most handlers finish without it. */
  get deadline(): AbortSignal {
    this.signal ??= AbortSignal.timeout(Math.ceil(this.remainingMs()));
    return this.signal;
  }

  /** Milliseconds since the call was let in. */
  elapsedMs(): number {
    return performance.now() - this.startedAtMs;
  }

  remainingMs(): number {
    return Math.max(0, this.meta.deadlineMs - this.elapsedMs());
  }
}

/** The calls that were let in, by the transport's own context object of each. */
const calls = new WeakMap<object, IncomingCall>();

/** Notes that the call behind `transportContext` was let in. */
export function admit(transportContext: object, call: IncomingCall): void {
  calls.set(transportContext, call);
}

/** The admitted call behind `transportContext`; `undefined` when no guard has let it in. */
export function admittedCall(transportContext: object): IncomingCall | undefined {
  return calls.get(transportContext);
}
