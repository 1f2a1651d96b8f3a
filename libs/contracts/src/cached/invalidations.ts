import type { Intent, Invalidation } from '@larder/cache';
import type { CatalogChange, CatalogEvent } from '../events/catalog-event.js';
import {
  CATALOG_SPACES,
  categorySpace,
  membersTag,
  orderTag,
  productSpace,
  SEARCH_TAG,
  stockSpace,
  TREE_TAG,
} from './catalog-spaces.js';

type ProductEvent = Extract<CatalogEvent, { data: { categoryPath: string[] } }>;
type CategoryEvent = Extract<CatalogEvent, { data: { path: string[] } }>;
type StockChange = Extract<CatalogChange, { data: { productId: string } }>;

/** The column that each order of a list compares. */
const ORDER_COLUMNS = { name: 'name', price: 'price_minor' } as const;
const ORDERS = ['name', 'price'] as const;

const SEARCHED_COLUMNS = ['name', 'brand', 'description'];

/** What an event makes obsolete that nobody can read: all that is cached of the catalog. As cheap as any other invalidation. */
export const CATALOG_RETIRED: Invalidation = { entries: [], tags: CATALOG_SPACES.map(({ generation }) => generation) };

/**
 * What a change of the catalog makes obsolete, and whose intents it ends. The one definition, used by the catalog after its own commit
 * and by the invalidator; keys named in a message are never used.
 */
export function invalidationsOf(change: CatalogChange): Invalidation {
  switch (change.type) {
    case 'catalog.product.created':
    case 'catalog.product.updated':
    case 'catalog.product.deleted':
      return ofProduct(change);
    case 'catalog.category.created':
    case 'catalog.category.updated':
    case 'catalog.category.deleted':
      return ofCategory(change);
    case 'catalog.stock.changed':
      return ofStock(change);
  }
}

/** The intents of the strict entries that a change is about to commit. */
export function intentsOf({ type, data, transaction }: CatalogChange): Intent[] {
  return type === 'catalog.stock.changed' ? stockSpace.intents(data.productId, transaction) : [];
}

function ofStock({ data, transaction }: StockChange): Invalidation {
  const entries = stockSpace.entries(data.productId, data.version);
  return { entries: entries.map((entry) => ({ ...entry, transaction })), tags: [] };
}

function ofProduct({ type, data }: ProductEvent): Invalidation {
  const inserted = type !== 'catalog.product.updated';
  const moved = inserted || data.changed.includes('category_id');
  const places = [null, ...new Set([...data.categoryPath, ...data.previousCategoryPath])];
  const orders = ORDERS.filter((by) => data.changed.includes(ORDER_COLUMNS[by]));
  return {
    entries: productSpace.entries(data.id, data.version),
    tags: [
      ...(moved ? places.map(membersTag) : []),
      ...orders.flatMap((by) => places.map((place) => orderTag(place, by))),
      ...(inserted || data.changed.some((column) => SEARCHED_COLUMNS.includes(column)) ? [SEARCH_TAG] : []),
    ],
  };
}

/** A category that moves carries its products along: the lists of every ancestor, old and new, change. */
function ofCategory({ data }: CategoryEvent): Invalidation {
  const places = [null, ...new Set([...data.path, ...data.previousPath])];
  const moved = data.changed.includes('parent_id') || data.path.length === 0 || data.previousPath.length === 0;
  return {
    entries: categorySpace.entries(data.id, data.version),
    tags: [TREE_TAG, ...(moved ? places.map(membersTag) : [])],
  };
}
