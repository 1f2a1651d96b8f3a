import { Injectable } from '@nestjs/common';
import { Cache, hashId, type SpaceCache } from '@larder/cache';
import {
  listTags,
  productListSpace,
  type IdPage,
  type MinVersions,
  type ProductListQuery,
  type ProductPage,
} from '@larder/contracts';
import type { Answer } from '@larder/platform';
import { patienceOf, type Waiting } from '../caching/patience.js';
import { decodeCursor } from '../paging/cursor.js';
import { ProductRepository } from './domain/product-repository.js';
import { PRODUCT_ORDERS } from './product-orders.js';
import { hydratePage, scopeOf, toIdPage } from './product-pages.js';
import { ProductReader } from './product-reader.js';

/** Cached lists of products: pages of ids under the list's tags, hydrated from the products' own entries. */
@Injectable()
export class ProductLists {
  private readonly pages: SpaceCache<IdPage>;

  constructor(
    cache: Cache,
    private readonly products: ProductRepository,
    private readonly reader: ProductReader,
  ) {
    this.pages = cache.space(productListSpace);
  }

  /** No product of it older than `minVersions` says. @throws {CategoryNotFound} @throws {InvalidCursor} */
  async list(
    { category, sort, limit, cursor }: ProductListQuery,
    caller: Waiting,
    minVersions?: MinVersions,
  ): Promise<Answer<ProductPage>> {
    const scope = scopeOf({ category, sort });
    const after = cursor === undefined ? null : decodeCursor(cursor, scope, PRODUCT_ORDERS[sort].keys);
    const place = category ?? null;
    const read = await this.pages.read(
      hashId({ category, sort, limit, cursor }),
      async () => toIdPage(scope, await this.products.list({ category: place, sort, limit, after })),
      { tags: listTags(place, sort), ...patienceOf(caller) },
    );
    return hydratePage('larder-list', read, category, (ids) => this.reader.getMany(ids, caller, minVersions));
  }
}
