import { defineSpace, tag, type Tag } from '@larder/cache';
import { z } from 'zod';
import { Category } from '../catalog/category.js';
import { Product, type ProductSort } from '../catalog/product.js';

const service = 'catalog_service';
const HOUR_MS = 3_600_000;
const LIST_TTL_MS = 300_000;
const ABSENT_TTL_MS = 30_000;

/** A page of a list as it is cached: ids only, hydrated from the entities' own entries. */
export const IdPage = z.object({ ids: z.array(z.string()), nextCursor: z.string().nullable() });
export type IdPage = z.infer<typeof IdPage>;

/** Products by id. */
export const productSpace = defineSpace({
  service,
  entity: 'product',
  value: Product,
  version: (product) => product.version,
  ttlMs: HOUR_MS,
  negativeTtlMs: ABSENT_TTL_MS,
});

/** Categories by id. */
export const categorySpace = defineSpace({
  service,
  entity: 'category',
  value: Category,
  version: (category) => category.version,
  ttlMs: HOUR_MS,
  negativeTtlMs: ABSENT_TTL_MS,
});

const pages = { service, value: IdPage, ttlMs: LIST_TTL_MS, negativeTtlMs: ABSENT_TTL_MS };

/** Pages of product lists, by a hash of the query; absent for an unknown category. */
export const productListSpace = defineSpace({ ...pages, entity: 'list' });

/** Pages of search results, by a hash of the query; absent for an unknown category. */
export const searchSpace = defineSpace({ ...pages, entity: 'search' });

/** The ids of all categories in tree order, under the one id `all`. */
export const categoryTreeSpace = defineSpace({ service, entity: 'tree', value: z.array(z.string()), ttlMs: HOUR_MS });

/** Retired when a product enters or leaves the category or one below it; `null` stands for the whole catalogue. */
export function membersTag(categoryId: string | null): Tag {
  return tag(service, 'members', categoryId ?? 'all');
}

/** Retired when a product in the category, or below it, changes its place in that order. */
export function orderTag(categoryId: string | null, by: 'name' | 'price'): Tag {
  return tag(service, `order-by-${by}`, categoryId ?? 'all');
}

/** Retired when the text of a product changes, or a product comes or goes. */
export const SEARCH_TAG: Tag = tag(service, 'search', 'all');

/** Retired when a category comes, goes, moves or is renamed. */
export const TREE_TAG: Tag = tag(service, 'tree', 'all');

/** The tags of a page of {@link productListSpace}. A price change retires only the lists that are ordered by price. */
export function listTags(categoryId: string | null, sort: ProductSort): Tag[] {
  const members = membersTag(categoryId);
  if (sort === 'newest') return [members];
  return [members, orderTag(categoryId, sort.endsWith('name') ? 'name' : 'price')];
}

/** The tags of a page of {@link searchSpace}. */
export function searchTags(categoryId: string | null): Tag[] {
  return categoryId === null ? [SEARCH_TAG] : [SEARCH_TAG, membersTag(categoryId)];
}
