import { Injectable } from '@nestjs/common';
import { Cache, type SpaceCache } from '@larder/cache';
import { productSpace, type MinVersions, type Product } from '@larder/contracts';
import { answer, type Answer } from '@larder/platform';
import { reportOf } from '../caching/cache-report.js';
import { hydrate } from '../caching/hydrate.js';
import { notBefore } from '../caching/min-version.js';
import { patienceOf, type Waiting } from '../caching/patience.js';
import { ProductNotFound } from './domain/product-errors.js';
import { ProductRepository } from './domain/product-repository.js';

const CACHE_NAME = 'larder-product';

/** Cached reads of products by id. */
@Injectable()
export class ProductReader {
  private readonly entries: SpaceCache<Product>;

  constructor(
    cache: Cache,
    private readonly products: ProductRepository,
  ) {
    this.entries = cache.space(productSpace);
  }

  /** Neither a product nor its absence older than `minVersion`. @throws {ProductNotFound} */
  async get(id: string, caller: Waiting, minVersion?: number): Promise<Answer<Product>> {
    const { timeoutMs } = patienceOf(caller);
    const options = { timeoutMs, ...notBefore(minVersion) };
    const read = await this.entries.read(id, () => this.products.find(id), options);
    if (read.value === null) throw new ProductNotFound(id);
    return answer(read.value, [reportOf(CACHE_NAME, read)]);
  }

  /** In the order of `ids`, each once; unknown ids are left out. One query for all that are not cached. */
  async getMany(ids: readonly string[], caller: Waiting, minVersions?: MinVersions): Promise<Answer<Product[]>> {
    const load = (missing: string[]): Promise<Map<string, Product>> => this.products.findMany(missing);
    return hydrate({ space: this.entries, cacheName: CACHE_NAME, load, minVersions }, ids, caller);
  }
}
