import { hashId, type Read } from '@larder/cache';
import { answer, type Answer } from '@larder/platform';
import type { IdPage, Product, ProductPage } from '@larder/contracts';
import { reportOf } from '../caching/cache-report.js';
import { CategoryNotFound } from '../categories/domain/category-errors.js';
import { encodeCursor } from '../paging/cursor.js';
import type { IdRange } from './domain/product-repository.js';

/** What makes two lists different; the cursors of one are refused by the other. */
export function scopeOf(query: Readonly<Record<string, string | undefined>>): string {
  return hashId(query).slice(0, SCOPE_CHARS);
}

const SCOPE_CHARS = 16;

/** The page that is cached for `range`; `null` stands for an unknown category. */
export function toIdPage(scope: string, range: IdRange | null): IdPage | null {
  return range && { ids: range.ids, nextCursor: range.last && encodeCursor(scope, range.last) };
}

/**
 * Turns a page of ids into one of products, as `products` reads them. A product that is gone by now is left out.
 *
 * @throws {CategoryNotFound} if the page says so
 */
export async function hydratePage(
  cacheName: string,
  read: Read<IdPage | null>,
  category: string | undefined,
  products: (ids: readonly string[]) => Promise<Answer<Product[]>>,
): Promise<Answer<ProductPage>> {
  if (read.value === null) throw new CategoryNotFound(category ?? '');
  const { data: items, cache } = await products(read.value.ids);
  return answer({ items, nextCursor: read.value.nextCursor }, [reportOf(cacheName, read), ...cache]);
}
