import { parseItem } from 'structured-headers';
import { Problem } from '../problems/problem.js';

/** Names the request, so that repeating it is no second change. */
export const IDEMPOTENCY_FIELD = 'Idempotency-Key';

const KEY = /^[\x21-\x7e]{1,128}$/;
/** What can stand without quotes: a UUID, for example. Neither what delimits fields nor what makes them structured. */
const BARE = /^[\w.~:+/=-]+$/;

/**
 * The key that a field gives, a string of RFC 9651 such as `"8e03978e-40d5-43dd-bc93-6894a57f9324"`, or the same without its
 * quotes; `undefined` without the field.
 *
 * @throws {Problem} MALFORMED_REQUEST naming the field, unless it is one key of 1 to 128 visible ASCII characters
 */
export function idempotencyKey(field: string | readonly string[] | undefined): string | undefined {
  if (field === undefined) return undefined;
  const text = typeof field === 'string' ? field.trim() : field.join(', '); // repeated fields are no key
  const key = BARE.test(text) ? text : quoted(text);
  if (key !== null && KEY.test(key)) return key;
  const detail =
    'must be one string of 1 to 128 visible ASCII characters, such as "8e03978e-40d5-43dd-bc93-6894a57f9324"';
  const errors = [{ in: 'header', field: IDEMPOTENCY_FIELD, detail } as const];
  throw new Problem('MALFORMED_REQUEST', `The field ${IDEMPOTENCY_FIELD} ${detail}.`, { errors });
}

function quoted(text: string): string | null {
  try {
    const [value] = parseItem(text) as [unknown, unknown];
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
