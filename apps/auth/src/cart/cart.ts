import { Injectable } from '@nestjs/common';
import {
  SessionStore,
  type CartChange,
  type CartLine,
  type CartOutcome,
  type LiveSession,
  type Versions,
} from '@larder/cache/session';
import { CartLine as Line } from '@larder/contracts';
import { DomainError } from '@larder/platform';
import { SecretReplaced } from '../sessions/session-errors.js';
import { SessionGate, type CookieOrder } from '../sessions/session-gate.js';
import { SessionMetrics } from '../sessions/session-metrics.js';

class CartFull extends DomainError {
  override readonly name = 'CartFull';

  constructor() {
    super('CART_FULL', 'The cart has 100 lines already');
  }
}

type Output = { readonly lines: CartLine[]; readonly versions?: Versions } & CookieOrder;

/** Nobody has told the device of somebody who is not signed in, and nobody is shown it. */
const NO_DEVICE = '';

/** The cart of whoever holds a secret: the account's, or an anonymous session's own. */
@Injectable()
export class Cart {
  constructor(
    private readonly gate: SessionGate,
    private readonly store: SessionStore,
    private readonly metrics: SessionMetrics,
  ) {}

  /**
   * Empty without a session.
   *
   * @throws {SecretReplaced} for a secret replaced a moment ago: its cart is not empty, only not for this secret
   */
  async read(secret: string | null): Promise<Output> {
    const session = await this.find(secret);
    if (session === null) return { lines: [] };
    const lines = legible(await this.store.readCart(session));
    return { lines, versions: session.versions, ...(await this.gate.leave(secret, session)) };
  }

  /**
   * Changes the cart. A line for nobody, or for a session that is over, starts a fresh anonymous session.
   *
   * @throws {CartFull}
   * @throws {SecretReplaced} for a secret replaced a moment ago, or by a sign-in meanwhile: a cookie for a fresh session would
   *                          take the place of the one that whoever sent it has by now
   */
  async change(secret: string | null, change: CartChange): Promise<Output> {
    const session = await this.find(secret);
    if (session) {
      const written = await this.write(session, change);
      if (written.outcome === 'written') {
        const { versions } = session;
        return { lines: legible(written.lines), versions, ...(await this.gate.leave(secret, session)) };
      }
      await this.find(secret);
    }
    return change.verb === 'add' || change.verb === 'set' ? this.start(change) : { lines: [] };
  }

  /** @throws {SecretReplaced} for a secret, or a session, that was replaced a moment ago */
  private async find(secret: string | null): Promise<LiveSession | null> {
    const result = await this.gate.look(secret);
    if (result.state === 'superseded') throw new SecretReplaced();
    return result.state === 'live' ? result.session : null;
  }

  private async write(session: LiveSession, change: CartChange): Promise<CartOutcome> {
    const written = await this.store.changeCart(session, change);
    if (written.outcome === 'full') throw new CartFull();
    return written;
  }

  private async start({ productId, quantity }: CartLine): Promise<Output> {
    const { secret } = await this.store.startAnonymous(NO_DEVICE, { productId, quantity });
    this.metrics.count('started');
    return { lines: [{ productId, quantity }], cookie: { secret } };
  }
}

/** Without lines that nobody of ours has written: they would make the rest unanswerable. */
function legible(lines: readonly CartLine[]): CartLine[] {
  return lines.filter((line) => Line.safeParse(line).success);
}
