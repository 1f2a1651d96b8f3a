import { Injectable } from '@nestjs/common';
import type { Category, CategoryChanges, NewCategory } from '@larder/contracts';
import { DataSource, In, type EntityManager } from 'typeorm';
import type { Committed, Origin } from '../changes/committed.js';
import type { VersionedChange } from '../changes/versioned-change.js';
import { Commits } from '../database/commits.js';
import { definedFields } from '../database/defined-fields.js';
import { insertRow } from '../database/insert-row.js';
import { refusing, type Refusal } from '../database/violation.js';
import { whyNot } from '../database/why-not.js';
import { CategoryEntity, toCategory } from './category.entity.js';
import {
  CategoryCycle,
  CategoryInUse,
  CategoryNameTaken,
  CategoryNotFound,
  CategoryTooDeep,
} from './domain/category-errors.js';
import { CategoryRepository } from './domain/category-repository.js';

/** Categories in PostgreSQL. Paths, versions and events are the work of the table's triggers. */
@Injectable()
export class TypeOrmCategoryRepository extends CategoryRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly commits: Commits,
  ) {
    super();
  }

  override async find(id: string): Promise<Category | null> {
    const row = await this.dataSource.getRepository(CategoryEntity).findOneBy({ id });
    return row && toCategory(row);
  }

  override async findMany(ids: readonly string[]): Promise<Map<string, Category>> {
    const rows = await this.dataSource.getRepository(CategoryEntity).findBy({ id: In(ids) });
    return new Map(rows.map((row) => [row.id, toCategory(row)]));
  }

  override async findAll(): Promise<Category[]> {
    const rows = await this.dataSource.getRepository(CategoryEntity).find();
    return rows.map(toCategory);
  }

  override async create(category: NewCategory, origin: Origin): Promise<Committed<Category>> {
    return refusing(placeRefusals(category.parentId), () =>
      this.commits.run(origin, async (manager) => {
        return committedRow(manager, await insertRow(manager, CategoryEntity, category));
      }),
    );
  }

  override async update(
    { id, expectedVersion, changes }: VersionedChange<CategoryChanges>,
    origin: Origin,
  ): Promise<Committed<Category>> {
    return refusing(placeRefusals(changes.parentId), () =>
      this.commits.run(origin, async (manager) => {
        const row = { id, version: expectedVersion };
        const { affected } = await manager.update(CategoryEntity, row, definedFields(changes));
        if (affected !== 1) throw await whyNot(manager, CategoryEntity, { id, expectedVersion }, missing);
        return committedRow(manager, id);
      }),
    );
  }

  override async remove(id: string, expectedVersion: number, origin: Origin): Promise<Committed<null>> {
    const inUse: Refusal = (cause) => new CategoryInUse(id, cause);
    return refusing({ categories_parent_fkey: inUse, products_category_fkey: inUse }, () =>
      this.commits.run(origin, async (manager) => {
        const { affected } = await manager.delete(CategoryEntity, { id, version: expectedVersion });
        if (affected !== 1) throw await whyNot(manager, CategoryEntity, { id, expectedVersion }, missing);
        return null;
      }),
    );
  }
}

/** What the triggers and constraints say about a category's new place; LD001 and LD002 are the path trigger's own. */
function placeRefusals(parentId: string | null | undefined): Readonly<Record<string, Refusal>> {
  return {
    categories_parent_fkey: (cause) => new CategoryNotFound(parentId ?? '', cause),
    categories_name_key: (cause) => new CategoryNameTaken(cause),
    LD001: (cause) => new CategoryTooDeep(cause),
    LD002: (cause) => new CategoryCycle(cause),
  };
}

const missing = (id: string): Error => new CategoryNotFound(id);

async function committedRow(manager: EntityManager, id: string): Promise<Category> {
  return toCategory(await manager.findOneByOrFail(CategoryEntity, { id }));
}
