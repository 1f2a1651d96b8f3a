import { inOrder } from './cart-lines.js';
import type { SessionPolicy } from './policy.js';
import type { CartChange, CartLine, CartWrite } from './records.js';

interface AccountCart {
  lines: Map<string, number>;
  /** When each merge happened, by its id; ms since the epoch. */
  merges: Map<string, number>;
  expiresAt: number;
}

/** The carts of accounts in this process, and the rules of any cart. */
export class MemoryCarts {
  private readonly carts = new Map<string, AccountCart>();

  constructor(
    private readonly now: () => number,
    private readonly policy: SessionPolicy,
  ) {}

  read(accountId: string): CartLine[] {
    return ordered(this.living(accountId)?.lines);
  }

  write(accountId: string, change: CartChange): CartWrite {
    const cart = this.living(accountId) ?? this.empty();
    const result = this.change(cart.lines, change);
    if (result.outcome !== 'full') this.keep(accountId, cart);
    return result;
  }

  merge(accountId: string, mergeId: string, added: readonly CartLine[]): CartLine[] {
    const cart = this.living(accountId) ?? this.empty();
    for (const [id, at] of cart.merges) {
      if (id !== mergeId && this.now() - at > this.policy.mergeMemoryMs) cart.merges.delete(id);
    }
    if (!cart.merges.has(mergeId)) {
      for (const line of inOrder(added)) this.change(cart.lines, { verb: 'add', ...line });
      cart.merges.set(mergeId, this.now());
      this.keep(accountId, cart);
    }
    return ordered(cart.lines);
  }

  /** Changes `lines` in place. */
  change(lines: Map<string, number>, change: CartChange): CartWrite {
    if (change.verb === 'clear') lines.clear();
    else if (change.verb === 'remove') lines.delete(change.productId);
    else {
      const before = lines.get(change.productId);
      if (before === undefined && lines.size >= this.policy.maxLines) return { outcome: 'full' };
      const quantity = change.quantity + (change.verb === 'add' ? (before ?? 0) : 0);
      lines.set(change.productId, Math.min(quantity, this.policy.maxQuantity));
    }
    return { outcome: 'written', lines: ordered(lines) };
  }

  sweep(): void {
    for (const accountId of this.carts.keys()) if (!this.living(accountId)) this.carts.delete(accountId);
  }

  private living(accountId: string): AccountCart | null {
    const cart = this.carts.get(accountId);
    return cart && cart.expiresAt > this.now() ? cart : null;
  }

  private empty(): AccountCart {
    return { lines: new Map(), merges: new Map(), expiresAt: 0 };
  }

  private keep(accountId: string, cart: AccountCart): void {
    cart.expiresAt = this.now() + this.policy.cartMs;
    if (cart.lines.size + cart.merges.size > 0) this.carts.set(accountId, cart);
    else this.carts.delete(accountId);
  }
}

function ordered(lines: ReadonlyMap<string, number> | undefined): CartLine[] {
  return inOrder([...(lines ?? [])].map(([productId, quantity]) => ({ productId, quantity })));
}
