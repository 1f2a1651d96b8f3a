import type { Stock } from '@larder/contracts';
import type { Committed, Origin } from '../../changes/committed.js';

/** Where stock is kept. A product that never had any has 0 units, at the product's own version. */
export abstract class StockRepository {
  /** `null` when there is no such product. */
  abstract find(productId: string): Promise<Stock | null>;

  /** The counts by product id, for those products that have one; one query. */
  abstract counts(productIds: readonly string[]): Promise<Map<string, Stock>>;

  /** @throws {ProductNotFound} @throws {StockExhausted} @throws {StockOverflow} */
  abstract adjust(productId: string, delta: number, origin: Origin): Promise<Committed<Stock>>;
}
