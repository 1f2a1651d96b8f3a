import { Injectable } from '@nestjs/common';
import type { Offer, Stock } from '@larder/contracts';
import { answer, type Answer } from '@larder/platform';
import { inTime, type Waiting } from '../caching/patience.js';
import { Announcer } from '../changes/announcer.js';
import type { Origin } from '../changes/committed.js';
import { ProductNotFound } from '../products/domain/product-errors.js';
import { ProductReader } from '../products/product-reader.js';
import { StockRepository } from './domain/stock-repository.js';

/** Stock: read from the database every time, so that no reader sees less than what was committed when it asked. */
@Injectable()
export class StockService {
  constructor(
    private readonly stock: StockRepository,
    private readonly products: ProductReader,
    private readonly announcer: Announcer,
  ) {}

  /** @throws {ProductNotFound} */
  async get(productId: string, caller: Waiting): Promise<Stock> {
    const stock = await inTime(caller, () => this.stock.find(productId));
    if (stock === null) throw new ProductNotFound(productId);
    return stock;
  }

  /** What a cart needs, in the order of `ids`: name and price from the cache, stock from the database. Unknown ids are left out. */
  async offers(ids: readonly string[], caller: Waiting): Promise<Answer<Offer[]>> {
    const [{ data: products, cache }, quantities] = await Promise.all([
      this.products.getMany(ids, caller),
      inTime(caller, () => this.stock.quantities(ids)),
    ]);
    const offers = products.map(({ id, name, priceMinor, currency }) => {
      return { productId: id, name, priceMinor, currency, available: quantities.get(id) ?? 0 };
    });
    return answer(offers, cache);
  }

  /** @throws {ProductNotFound} @throws {StockExhausted} @throws {StockOverflow} */
  async adjust(productId: string, delta: number, origin: Origin): Promise<Answer<Stock>> {
    return this.announcer.announce(await this.stock.adjust(productId, delta, origin));
  }
}
