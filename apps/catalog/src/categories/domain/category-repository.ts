import type { Category, CategoryChanges, NewCategory } from '@larder/contracts';
import type { Committed, Origin } from '../../changes/committed.js';
import type { VersionedChange } from '../../changes/versioned-change.js';

/** Where categories are kept. Reads see all that was committed when they started. */
export abstract class CategoryRepository {
  abstract find(id: string): Promise<Category | null>;

  /** Those that exist, by id; one query. */
  abstract findMany(ids: readonly string[]): Promise<Map<string, Category>>;

  /** All of them, in no order that counts. */
  abstract findAll(): Promise<Category[]>;

  /** @throws {CategoryNotFound} the parent @throws {CategoryTooDeep} @throws {CategoryNameTaken} */
  abstract create(category: NewCategory, origin: Origin): Promise<Committed<Category>>;

  /**
   * A move carries all below along.
   *
   * @throws {CategoryNotFound} @throws {VersionConflict} @throws {CategoryTooDeep} @throws {CategoryCycle}
   * @throws {CategoryNameTaken}
   */
  abstract update(change: VersionedChange<CategoryChanges>, origin: Origin): Promise<Committed<Category>>;

  /** @throws {CategoryNotFound} @throws {VersionConflict} @throws {CategoryInUse} */
  abstract remove(id: string, expectedVersion: number, origin: Origin): Promise<Committed<null>>;
}
