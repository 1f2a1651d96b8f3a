import { SessionTooLarge } from './errors.js';
import type { SessionPolicy } from './policy.js';
import type { CartChange, SessionOwner } from './records.js';

/** @throws {SessionTooLarge} if a text has more bytes in UTF-8 */
export function requireSize(what: string, text: string, maxBytes: number): void {
  const bytes = Buffer.byteLength(text, 'utf8');
  if (bytes > maxBytes) throw new SessionTooLarge(what, bytes, maxBytes);
}

/** @throws {SessionTooLarge} naming what of a new session is too large */
export function requireFit(
  { accountId, roles, device }: SessionOwner & { readonly device: string },
  { maxTextBytes }: SessionPolicy,
): void {
  requireSize('account id', accountId ?? '', maxTextBytes);
  requireSize('roles', roles.join(','), maxTextBytes);
  requireSize('device', device, maxTextBytes);
}

/** @throws {SessionTooLarge} for a long product id @throws {RangeError} for a quantity that is no positive integer */
export function requireLine(change: CartChange, { maxTextBytes }: SessionPolicy): void {
  if ('productId' in change) requireSize('product id', change.productId, maxTextBytes);
  if ('quantity' in change && !(Number.isSafeInteger(change.quantity) && change.quantity >= 1)) {
    throw new RangeError(`A quantity is a positive integer, not ${change.quantity}`);
  }
}
