import type { Issue } from '../errors/domain-error.js';
import type { AnsweredVersions, CacheReport, Freshness } from './answer.js';
import type { Passport } from './passport.js';
import { isRecord } from './record.js';

/** What accompanies an input on the wire. `deadlineMs` is what remains, in milliseconds: clocks of two hosts differ. */
export interface CallMeta {
  readonly requestId: string;
  readonly traceparent?: string;
  readonly deadlineMs: number;
  readonly passport: Passport;
  readonly idempotencyKey?: string;
}

/** One call on the wire. */
export interface CallEnvelope {
  readonly meta: CallMeta;
  readonly data: unknown;
}

/** One answer on the wire; `cache` is absent when no cache took part, `freshness` when it is `applied`, `versions` when there are none. */
export interface AnswerEnvelope {
  readonly data: unknown;
  readonly cache?: readonly CacheReport[];
  readonly freshness?: Freshness;
  readonly versions?: AnsweredVersions;
}

/** One refusal on the wire. */
export interface Refusal {
  readonly code: string;
  readonly detail: string;
  readonly issues?: readonly Issue[];
  readonly retryAfterSeconds?: number;
}

/** The code of a call whose passport is not accepted. It goes no further than the calling service: its client turns it into INTERNAL. */
export const PASSPORT_REFUSED = 'PASSPORT_REFUSED';

const MAX_REQUEST_ID_CHARS = 128;
const MAX_DEADLINE_MS = 300_000;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,128}$/;
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;

/**
 * Reads a call as it came off the wire, or `null` when it is not one. The passport and the data are left unread:
 * their own readers refuse what is wrong with them. A trace context of the wrong form is dropped.
 */
export function readCall(value: unknown): CallEnvelope | null {
  if (!isRecord(value) || !isMeta(value.meta)) return null;
  const { requestId, traceparent, deadlineMs, passport, idempotencyKey } = value.meta;
  return {
    meta: {
      requestId,
      deadlineMs,
      passport,
      ...(typeof traceparent === 'string' && TRACEPARENT.test(traceparent) && { traceparent }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    },
    data: value.data,
  };
}

/** Reads a refusal off the wire; `null` when it is not one, such as the text that Nest itself answers with. */
export function readRefusal(value: unknown): Refusal | null {
  if (!isRecord(value) || typeof value.code !== 'string' || typeof value.detail !== 'string') return null;
  return value as unknown as Refusal;
}

/** As far as it is looked at here. */
function isMeta(value: unknown): value is Omit<CallMeta, 'traceparent'> & { readonly traceparent?: unknown } {
  if (!isRecord(value)) return false;
  return isRequestId(value.requestId) && isDeadline(value.deadlineMs) && isOptionalKey(value.idempotencyKey);
}

function isRequestId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_REQUEST_ID_CHARS;
}

function isDeadline(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= MAX_DEADLINE_MS;
}

/** A call whose key cannot be read is not made without it. */
function isOptionalKey(value: unknown): value is string | undefined {
  return value === undefined || (typeof value === 'string' && IDEMPOTENCY_KEY.test(value));
}
