import { Injectable } from '@nestjs/common';
import { Cache, type ReadOptions, type SpaceCache } from '@larder/cache';
import { BOUNDED, stockSpace, type MinVersions, type Offer, type Stock } from '@larder/contracts';
import { answer, type Answer } from '@larder/platform';
import { reportOf, reportsOf } from '../caching/cache-report.js';
import { notBefore } from '../caching/min-version.js';
import { inTime, patienceOf, type Waiting } from '../caching/patience.js';
import { Announcer } from '../changes/announcer.js';
import type { Origin } from '../changes/committed.js';
import { ProductNotFound } from '../products/domain/product-errors.js';
import { ProductReader } from '../products/product-reader.js';
import { StockRepository } from './domain/stock-repository.js';

const CACHE_NAME = 'larder-stock';

/** Stock: strictly cached, so that no reader sees anything older than what was committed when it asked. */
@Injectable()
export class StockService {
  private readonly counts: SpaceCache<Stock>;

  constructor(
    cache: Cache,
    private readonly stock: StockRepository,
    private readonly products: ProductReader,
    private readonly announcer: Announcer,
  ) {
    this.counts = cache.space(stockSpace);
  }

  /** Nothing older than `minVersion`: more than strictness asks for only where an intent has been lost. @throws {ProductNotFound} */
  async get(productId: string, caller: Waiting, minVersion?: number): Promise<Answer<Stock>> {
    const load = async (): Promise<Stock | null> => (await this.stock.counts([productId])).get(productId) ?? null;
    const read = await this.counts.read(productId, load, { ...askedBy(caller), ...notBefore(minVersion) });
    const stock = read.value ?? (await inTime(caller, () => this.stock.find(productId)));
    if (stock === null) throw new ProductNotFound(productId);
    return answer(stock, [reportOf(CACHE_NAME, read)]);
  }

  /** What a cart needs, in the order of `ids`: name and price, and strictly its stock. No product older than `minVersions` says; unknown ids are left out. */
  async offers(ids: readonly string[], caller: Waiting, minVersions?: MinVersions): Promise<Answer<Offer[]>> {
    const [{ data: products, cache }, stock] = await Promise.all([
      this.products.getMany(ids, caller, minVersions),
      this.counts.readMany(ids, (missing) => this.stock.counts(missing), askedBy(caller)),
    ]);
    const offers = products.map(({ id, name, priceMinor, currency }) => {
      return { productId: id, name, priceMinor, currency, available: stock.get(id)?.value?.quantity ?? 0 };
    });
    return answer(offers, [...cache, ...reportsOf(CACHE_NAME, stock.values())]);
  }

  /** @throws {ProductNotFound} @throws {StockExhausted} @throws {StockOverflow} */
  async adjust(productId: string, delta: number, origin: Origin): Promise<Answer<Stock>> {
    return this.announcer.announce(await this.stock.adjust(productId, delta, origin));
  }
}

function askedBy(caller: Waiting): ReadOptions {
  return { ...patienceOf(caller), freshness: BOUNDED };
}
