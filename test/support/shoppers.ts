import type { Client, Reply } from './http.js';
import type { Shelf } from './shelf.js';

const TICK_MS = 10;
/** A machine that cannot keep the pace is not to be buried: beyond so many unanswered ones the next wait. */
const MAX_OPEN = 60;

/** Who shops, where each request goes, and how many there are in a second. */
export interface ShoppersOptions {
  readonly perSecond: number;
  readonly shelf: Shelf;
  /** The gateway that takes the next request. */
  readonly next: () => string;
  readonly customer: Client;
  readonly editor: Client;
}

/** What came of it. */
export interface Shopped {
  readonly sent: number;
  /** Each answer that was no success, and each error. */
  readonly failures: readonly string[];
  /** How many were put into the customer's cart, and how many into stock, one by one. */
  readonly added: number;
  readonly stocked: number;
}

/** Sends requests at an even pace, whether those before have ended or not, up to a limit: of twenty four are for a list, for the cart, into it, and into stock, one each, and the others for a product. */
export class Shoppers {
  private readonly startedMs = performance.now();
  private readonly failures: string[] = [];
  private readonly open = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private sent = 0;
  private added = 0;
  private stocked = 0;

  constructor(private readonly options: ShoppersOptions) {
    this.timer = setInterval(() => {
      this.sendDue();
    }, TICK_MS);
  }

  /** Resolves once all that was sent is answered. */
  async stop(): Promise<Shopped> {
    clearInterval(this.timer);
    await Promise.all(this.open);
    const { sent, failures, added, stocked } = this;
    return { sent, failures, added, stocked };
  }

  private sendDue(): void {
    const due = ((performance.now() - this.startedMs) / 1_000) * this.options.perSecond;
    while (this.sent < due && this.open.size < MAX_OPEN) {
      this.sent += 1;
      const answered = this.send(this.sent).finally(() => this.open.delete(answered));
      this.open.add(answered);
    }
  }

  private async send(number: number): Promise<void> {
    const what = `request ${number} after ${Math.round(performance.now() - this.startedMs)} ms`;
    try {
      const { status, body } = await this.ask(number);
      if (status !== 200) this.failures.push(`${what}: ${status} ${JSON.stringify(body)}`);
    } catch (error) {
      this.failures.push(`${what}: ${String(error)} ${String((error as { cause?: unknown }).cause)}`);
    }
  }

  private ask(number: number): Promise<Reply> {
    const { shelf, next, customer, editor } = this.options;
    const url = next();
    const productId = shelf.productIds[number % shelf.productIds.length]!;
    switch (number % 20) {
      case 0:
        return customer.at(url).get('/v1/products?limit=5');
      case 5:
        return customer.at(url).get('/v1/cart');
      case 10:
        this.added += 1;
        return customer.at(url).post('/v1/cart/items', { productId, quantity: 1 });
      case 15:
        this.stocked += 1;
        return editor.at(url).post(`/v1/products/${productId}/stock`, { delta: 1 });
      default:
        return customer.at(url).get(`/v1/products/${productId}`);
    }
  }
}
