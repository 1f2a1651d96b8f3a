import { defineProcedure } from '@larder/platform';
import { z } from 'zod';
import { ChangeBatch } from '../events/change-batch.js';
import { Id, Version } from '../primitives.js';
import { Category, CategoryChanges, CategoryPage, NewCategory } from './category.js';
import { NewProduct, Product, ProductChanges, ProductListQuery, ProductPage, ProductSearchQuery } from './product.js';
import { ProductOutcome } from './product-outcome.js';
import { Offer, Stock, StockDelta } from './stock.js';
import { MinVersions } from './versions.js';

/** `minVersion`: nothing older may be shown, and no absence that is older; without it, what the cache promises. */
const ById = z.strictObject({ id: Id, minVersion: Version.optional() });
/** The same for each product or category of a bulk read. */
const minVersions = MinVersions.optional();
const ByIds = z.strictObject({ ids: z.array(Id).min(1).max(100), minVersions });
/** How many reads {@link catalog.getEachProduct} takes at most. */
export const MAX_GATHERED_READS = 100;

const Removal = z.strictObject({ id: Id, expectedVersion: Version });

const read = { policy: 'anyone', retryable: true } as const;
const write = { policy: 'editor', retryable: false } as const;

/** Every call the catalog answers. Each names its errors; see `errors.ts` for what they mean. */
export const catalog = {
  /** @throws PRODUCT_NOT_FOUND */
  getProduct: defineProcedure({ pattern: 'catalog.product.get', input: ById, output: Product, ...read }),
  /**
   * What {@link catalog.getProduct} answers to each of many readers, in their order. For callers that gather reads which have
   * nothing to do with each other: one that is refused refuses no other.
   */
  getEachProduct: defineProcedure({
    pattern: 'catalog.product.get-each',
    input: z.strictObject({ reads: z.array(ById).min(1).max(MAX_GATHERED_READS) }),
    output: z.array(ProductOutcome),
    ...read,
  }),
  /** Products in the order of `ids`; unknown ids are left out, repeated ids are answered once. */
  getProducts: defineProcedure({
    pattern: 'catalog.product.get-many',
    input: ByIds,
    output: z.array(Product),
    ...read,
  }),
  /** @throws CATEGORY_NOT_FOUND, INVALID_CURSOR */
  listProducts: defineProcedure({
    pattern: 'catalog.product.list',
    input: ProductListQuery.extend({ minVersions }),
    output: ProductPage,
    ...read,
  }),
  /** @throws CATEGORY_NOT_FOUND, INVALID_CURSOR */
  searchProducts: defineProcedure({
    pattern: 'catalog.product.search',
    input: ProductSearchQuery.extend({ minVersions }),
    output: ProductPage,
    ...read,
  }),
  /** Name, price and stock of products in one bulk read; unknown ids are left out. */
  getOffers: defineProcedure({ pattern: 'catalog.product.offers', input: ByIds, output: z.array(Offer), ...read }),
  /** @throws SKU_TAKEN, CATEGORY_NOT_FOUND */
  createProduct: defineProcedure({ pattern: 'catalog.product.create', input: NewProduct, output: Product, ...write }),
  /** @throws PRODUCT_NOT_FOUND, VERSION_CONFLICT, CATEGORY_NOT_FOUND */
  updateProduct: defineProcedure({
    pattern: 'catalog.product.update',
    input: z.strictObject({ id: Id, expectedVersion: Version, changes: ProductChanges }),
    output: Product,
    ...write,
  }),
  /** @throws PRODUCT_NOT_FOUND, VERSION_CONFLICT */
  removeProduct: defineProcedure({ pattern: 'catalog.product.remove', input: Removal, output: z.null(), ...write }),
  /** @throws PRODUCT_NOT_FOUND */
  getStock: defineProcedure({ pattern: 'catalog.stock.get', input: ById, output: Stock, ...read }),
  /** @throws PRODUCT_NOT_FOUND, STOCK_EXHAUSTED */
  adjustStock: defineProcedure({
    pattern: 'catalog.stock.adjust',
    input: z.strictObject({ id: Id, delta: StockDelta }),
    output: Stock,
    ...write,
  }),
  listCategories: defineProcedure({
    pattern: 'catalog.category.list',
    input: z.strictObject({ minVersions }),
    output: CategoryPage,
    ...read,
  }),
  /** @throws CATEGORY_NOT_FOUND */
  getCategory: defineProcedure({ pattern: 'catalog.category.get', input: ById, output: Category, ...read }),
  /** @throws CATEGORY_NOT_FOUND (the parent), CATEGORY_TOO_DEEP, CATEGORY_NAME_TAKEN */
  createCategory: defineProcedure({
    pattern: 'catalog.category.create',
    input: NewCategory,
    output: Category,
    ...write,
  }),
  /** @throws CATEGORY_NOT_FOUND, VERSION_CONFLICT, CATEGORY_TOO_DEEP, CATEGORY_CYCLE, CATEGORY_NAME_TAKEN */
  updateCategory: defineProcedure({
    pattern: 'catalog.category.update',
    input: z.strictObject({ id: Id, expectedVersion: Version, changes: CategoryChanges }),
    output: Category,
    ...write,
  }),
  /** @throws CATEGORY_NOT_FOUND, VERSION_CONFLICT, CATEGORY_IN_USE */
  removeCategory: defineProcedure({ pattern: 'catalog.category.remove', input: Removal, output: z.null(), ...write }),
  /**
   * The batches that follow the one that ended at `after`, in order, as many as fit an answer; none if it was the last.
   * `null` if it is not known: too long ago, or of a database that has lost it since.
   */
  changesSince: defineProcedure({
    pattern: 'catalog.changes.since',
    input: z.strictObject({ after: z.number().int().min(0) }),
    output: z.array(ChangeBatch).nullable(),
    policy: { service: 'invalidator' },
    retryable: true,
  }),
};
