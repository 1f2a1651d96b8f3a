import { linesOf } from './cart-lines.js';
import type { CartChange, CartOwner, CartWrite } from './records.js';

/** What `write-cart.lua` is told of a change: owner, verb, product, quantity. */
export function changeArguments(owner: CartOwner, change: CartChange): (string | number)[] {
  const product = change.verb === 'clear' ? '' : change.productId;
  const quantity = 'quantity' in change ? change.quantity : 0;
  return ['accountId' in owner ? 'account' : 'session', change.verb, product, quantity];
}

/** Reads the answer of `write-cart.lua`. */
export function readCartWrite([outcome, ...rest]: readonly string[]): CartWrite {
  if (outcome === 'written') return { outcome, lines: linesOf(rest) };
  if (outcome === 'sealed') return { outcome, accountId: rest[0] ?? '' };
  return { outcome: outcome === 'full' ? 'full' : 'gone' };
}
