import { inOrder, LINE_PREFIX } from './cart-lines.js';
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
    else if (change.verb === 'take') take(lines, change);
    else if (!this.fits(lines, change.productId)) return { outcome: 'full' };
    else {
      const before = change.verb === 'add' ? (lines.get(change.productId) ?? 0) : 0;
      lines.set(change.productId, Math.min(before + change.quantity, this.policy.maxQuantity));
    }
    return { outcome: 'written', lines: ordered(lines) };
  }

  sweep(): void {
    for (const accountId of this.carts.keys()) if (!this.living(accountId)) this.carts.delete(accountId);
  }

  private fits(lines: ReadonlyMap<string, number>, productId: string): boolean {
    if (lines.has(productId)) return true;
    const { maxLines, maxCartBytes, maxQuantity } = this.policy;
    let bytes = bytesOf(productId, maxQuantity);
    for (const id of lines.keys()) bytes += bytesOf(id, maxQuantity);
    return lines.size < maxLines && bytes <= maxCartBytes;
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

function take(lines: Map<string, number>, { productId, quantity }: CartLine): void {
  const left = (lines.get(productId) ?? 0) - quantity;
  if (left > 0) lines.set(productId, left);
  else lines.delete(productId);
}

/** What a line counts for, as it would in Redis. */
function bytesOf(productId: string, maxQuantity: number): number {
  return Buffer.byteLength(`${LINE_PREFIX}${productId}${maxQuantity}`, 'utf8');
}

function ordered(lines: ReadonlyMap<string, number> | undefined): CartLine[] {
  return inOrder([...(lines ?? [])].map(([productId, quantity]) => ({ productId, quantity })));
}
