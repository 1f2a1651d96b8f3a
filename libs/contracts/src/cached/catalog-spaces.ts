import { defineSpace, tag, type Tag } from '@larder/cache';
import { z } from 'zod';
import { Category } from '../catalog/category.js';
import { Product, type ProductSort } from '../catalog/product.js';
import { Stock } from '../catalog/stock.js';

const service = 'catalog_service';
const HOUR_MS = 3_600_000;
const LIST_TTL_MS = 300_000;
const ABSENT_TTL_MS = 30_000;
const MIB = 1_048_576;

/** How long after a change another process may show what was before, in milliseconds; see docs/guarantees.md. */
const MAX_UNHEARD_MS = 1_000;

/**
 * What a shop shows is never older than that, whatever happened to the changes on their way, in milliseconds: long enough for a broker to restart
 * before reads go to the database.
 */
export const BOUNDED = { maxStalenessMs: 10_000 };

/**
 * A shop goes on showing what it has while the database fails or is slow: the TTL only bounds what a lost invalidation
 * leaves behind, so ten minutes more do little harm, and nothing that was invalidated comes back by it.
 */
const resilient = { earlyRefresh: 0.1, graceMs: 600_000, softTimeoutMs: 500 };

/** A page of a list as it is cached: ids only, hydrated from the entities' own entries. */
export const IdPage = z.object({ ids: z.array(z.string()), nextCursor: z.string().nullable() });
export type IdPage = z.infer<typeof IdPage>;

/** Products by id; the hot ones within each process as well. */
export const productSpace = defineSpace({
  service,
  entity: 'product',
  value: Product,
  version: (product) => product.version,
  ttlMs: HOUR_MS,
  negativeTtlMs: ABSENT_TTL_MS,
  ...resilient,
  freshness: BOUNDED,
  l1: { maxEntries: 10_000, maxBytes: 32 * MIB, maxStalenessMs: MAX_UNHEARD_MS },
});

/** Categories by id; within each process as well, where the whole tree of a shop finds room. */
export const categorySpace = defineSpace({
  service,
  entity: 'category',
  value: Category,
  version: (category) => category.version,
  ttlMs: HOUR_MS,
  negativeTtlMs: ABSENT_TTL_MS,
  ...resilient,
  freshness: BOUNDED,
  l1: { maxEntries: 2_000, maxBytes: 2 * MIB, maxStalenessMs: MAX_UNHEARD_MS },
});

/** Without an L1: only the store can say whether their tags still stand. */
const pages = { service, value: IdPage, ttlMs: LIST_TTL_MS, negativeTtlMs: ABSENT_TTL_MS, ...resilient };

/** Pages of product lists, by a hash of the query; absent for an unknown category. */
export const productListSpace = defineSpace({ ...pages, entity: 'list' });

/** Pages of search results, by a hash of the query; absent for an unknown category. */
export const searchSpace = defineSpace({ ...pages, entity: 'search' });

/** The ids of all categories in tree order, under the one id `all`. */
export const categoryTreeSpace = defineSpace({
  service,
  entity: 'tree',
  value: z.array(z.string()),
  ttlMs: HOUR_MS,
  ...resilient,
});

/**
 * How many units of a product there are, for those that have a count: never fewer nor more than what was committed through the catalog
 * when it was asked. Who writes past the catalog places no intent, so reads ask for {@link BOUNDED} too.
 */
export const stockSpace = defineSpace({
  service,
  entity: 'stock',
  value: Stock,
  version: (stock) => stock.version,
  ttlMs: HOUR_MS,
  freshness: 'strict',
});

/** Every space of the catalog. */
export const CATALOG_SPACES = [
  productSpace,
  categorySpace,
  productListSpace,
  searchSpace,
  categoryTreeSpace,
  stockSpace,
] as const;

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

/** The name under which all that is cached of the catalog is kept. */
export const CATALOG_SERVICE = service;
