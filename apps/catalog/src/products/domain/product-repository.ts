import type { NewProduct, Product, ProductChanges, ProductSort } from '@larder/contracts';
import type { Committed, Origin } from '../../changes/committed.js';
import type { VersionedChange } from '../../changes/versioned-change.js';
import type { Position } from '../../paging/cursor.js';

/** Which part of a list to read. `after: null` starts at the beginning. */
export interface ProductRange {
  /** Products of this category and of all below it; `null` for all products. */
  readonly category: string | null;
  readonly sort: ProductSort;
  readonly limit: number;
  readonly after: Position | null;
}

/** Ids in the order asked for. `last` is the place of the last one when more follow, else `null`. */
export interface IdRange {
  readonly ids: string[];
  readonly last: Position | null;
}

/** Where products are kept. Reads see all that was committed when they started. */
export abstract class ProductRepository {
  abstract find(id: string): Promise<Product | null>;

  /** Those that exist, by id; one query. */
  abstract findMany(ids: readonly string[]): Promise<Map<string, Product>>;

  /** `null` when there is no such category. */
  abstract list(range: ProductRange): Promise<IdRange | null>;

  /** @throws {SkuTaken} @throws {CategoryNotFound} */
  abstract create(product: NewProduct, origin: Origin): Promise<Committed<Product>>;

  /** @throws {ProductNotFound} @throws {VersionConflict} @throws {CategoryNotFound} the new category */
  abstract update(change: VersionedChange<ProductChanges>, origin: Origin): Promise<Committed<Product>>;

  /** @throws {ProductNotFound} @throws {VersionConflict} */
  abstract remove(id: string, expectedVersion: number, origin: Origin): Promise<Committed<null>>;
}
