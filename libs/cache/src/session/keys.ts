import { buildKey } from '../core/key.js';

const SERVICE = 'auth_service';

/** Hash: one session. */
export function sessionKey(sessionHash: string): string {
  return buildKey(SERVICE, 'session', sessionHash);
}

/** Sorted set: the sessions of one account. */
export function indexKey(accountId: string): string {
  return buildKey(SERVICE, 'sessions', accountId);
}

/** Hash: the cart of one account. */
export function cartKey(accountId: string): string {
  return buildKey(SERVICE, 'cart', accountId);
}
