import { Injectable } from '@nestjs/common';
import { Cache, hashId, type SpaceCache } from '@larder/cache';
import {
  searchSpace,
  searchTags,
  type IdPage,
  type MinVersions,
  type ProductPage,
  type ProductSearchQuery,
} from '@larder/contracts';
import type { Answer } from '@larder/platform';
import { z } from 'zod';
import { patienceOf, type Waiting } from '../caching/patience.js';
import { decodeCursor } from '../paging/cursor.js';
import { hydratePage, scopeOf, toIdPage } from '../products/product-pages.js';
import { ProductReader } from '../products/product-reader.js';
import { ProductIndex } from './product-index.js';

const RankKey = z.number().int().min(0);

/** Cached searches: pages of ids under the search's tags, hydrated from the products' own entries. */
@Injectable()
export class ProductSearch {
  private readonly pages: SpaceCache<IdPage>;

  constructor(
    cache: Cache,
    private readonly index: ProductIndex,
    private readonly reader: ProductReader,
  ) {
    this.pages = cache.space(searchSpace);
  }

  /** No product of it older than `minVersions` says. @throws {CategoryNotFound} @throws {InvalidCursor} */
  async search(
    { q, category, limit, cursor }: ProductSearchQuery,
    caller: Waiting,
    minVersions?: MinVersions,
  ): Promise<Answer<ProductPage>> {
    const scope = scopeOf({ q, category });
    const after = cursor === undefined ? null : decodeCursor(cursor, scope, RankKey);
    const place = category ?? null;
    const read = await this.pages.read(
      hashId({ q, category, limit, cursor }),
      async () => toIdPage(scope, await this.index.search({ text: q, category: place, limit, after })),
      { tags: searchTags(place), ...patienceOf(caller) },
    );
    return hydratePage('larder-search', read, category, (ids) => this.reader.getMany(ids, caller, minVersions));
  }
}
