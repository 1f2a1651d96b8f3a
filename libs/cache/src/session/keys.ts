import { buildKey } from '../core/key.js';
import type { CartOwner } from './records.js';

/** The keys of one service's sessions. */
export class SessionKeys {
  /** @param service the first part of each key */
  constructor(private readonly service: string) {}

  /** Hash: one session. */
  session(sessionHash: string): string {
    return buildKey(this.service, 'session', sessionHash);
  }

  /** Sorted set: the sessions of one account. */
  index(accountId: string): string {
    return buildKey(this.service, 'sessions', accountId);
  }

  /** Hash: the session of somebody anonymous, or the cart of an account. */
  cart(owner: CartOwner): string {
    return 'accountId' in owner ? buildKey(this.service, 'cart', owner.accountId) : this.session(owner.sessionHash);
  }
}
