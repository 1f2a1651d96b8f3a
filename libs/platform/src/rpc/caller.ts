/** The account on whose behalf a call is made, as the auth service found it. `sessionId` is public, not the cookie's secret. */
export interface Caller {
  readonly accountId: string;
  readonly roles: readonly string[];
  readonly sessionId: string;
}

/** What a handler knows of the call it answers. */
export interface CallContext {
  readonly requestId: string;
  readonly traceparent: string | undefined;
  /** `null` when nobody is signed in. */
  readonly principal: Caller | null;
  /** Aborts when the caller stops waiting. */
  readonly deadline: AbortSignal;
  /** What a repetition of the call would carry too; absent when the caller gave none. */
  readonly idempotencyKey: string | undefined;
  /** Milliseconds until the caller stops waiting; 0 when it has. */
  remainingMs(): number;
}

/** What a caller says about a call it makes. */
export interface OutgoingCall {
  /** 1 to 128 characters; the same in every log line of one request. */
  readonly requestId: string;
  /** `null` when nobody is signed in. */
  readonly principal: Caller | null;
  /** When the caller stops waiting, in milliseconds since the epoch. */
  readonly deadlineMs: number;
  /** W3C trace context, when the request has one. */
  readonly traceparent?: string;
  /** Makes a repeated call with the same key one change, where the procedure takes keys: 1 to 128 visible ASCII characters. */
  readonly idempotencyKey?: string;
}
