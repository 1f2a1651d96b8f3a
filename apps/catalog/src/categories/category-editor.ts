import { Injectable } from '@nestjs/common';
import type { Category, CategoryChanges, NewCategory } from '@larder/contracts';
import type { Answer } from '@larder/platform';
import { Announcer } from '../changes/announcer.js';
import type { Origin } from '../changes/committed.js';
import type { VersionedChange } from '../changes/versioned-change.js';
import { CategoryRepository } from './domain/category-repository.js';

/** Changes to the category tree. Each commits, then invalidates before it returns, so that the next reader sees it. */
@Injectable()
export class CategoryEditor {
  constructor(
    private readonly categories: CategoryRepository,
    private readonly announcer: Announcer,
  ) {}

  /** @throws {CategoryNotFound} the parent @throws {CategoryTooDeep} @throws {CategoryNameTaken} */
  async create(category: NewCategory, origin: Origin): Promise<Answer<Category>> {
    return this.announcer.announce(await this.categories.create(category, origin));
  }

  /** @throws {CategoryNotFound} @throws {VersionConflict} @throws {CategoryTooDeep} @throws {CategoryCycle} @throws {CategoryNameTaken} */
  async update(change: VersionedChange<CategoryChanges>, origin: Origin): Promise<Answer<Category>> {
    return this.announcer.announce(await this.categories.update(change, origin));
  }

  /** @throws {CategoryNotFound} @throws {VersionConflict} @throws {CategoryInUse} */
  async remove(id: string, expectedVersion: number, origin: Origin): Promise<Answer<null>> {
    return this.announcer.announce(await this.categories.remove(id, expectedVersion, origin));
  }
}
