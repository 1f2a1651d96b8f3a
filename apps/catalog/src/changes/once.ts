import { createHash } from 'node:crypto';
import type { CallContext, Procedure } from '@larder/platform';
import { patienceOf } from '../caching/patience.js';
import type { Once, Origin } from './committed.js';

/** Longer than a change takes by far; a request that waits holds a connection to the database. */
const LONGEST_WAIT_MS = 1_000;

/** The origin of a change that a call asks for: with a key, the change is made once for all calls that carry it. */
export function originOf(procedure: Procedure, input: object, call: CallContext): Origin {
  return { traceparent: call.traceparent, once: onceOf(procedure, input, call) };
}

function onceOf({ pattern }: Procedure, input: object, call: CallContext): Once | undefined {
  const { idempotencyKey: key, principal } = call;
  if (key === undefined || principal === null) return undefined;
  const waitMs = Math.max(1, Math.min(LONGEST_WAIT_MS, Math.floor(patienceOf(call).timeoutMs / 2)));
  return { accountId: principal.accountId, key, fingerprint: fingerprintOf(pattern, input), waitMs };
}

/** Of what the schema made of the input: how a client wrote it does not matter. */
function fingerprintOf(pattern: string, input: object): string {
  const fields = Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([pattern, fields]), 'utf8')
    .digest('hex');
}
