import { Injectable } from '@nestjs/common';
import type { NewProduct, Product, ProductChanges } from '@larder/contracts';
import { DataSource, In, type EntityManager } from 'typeorm';
import { CategoryNotFound } from '../categories/domain/category-errors.js';
import type { Committed, Origin } from '../changes/committed.js';
import type { VersionedChange } from '../changes/versioned-change.js';
import { Commits } from '../database/commits.js';
import { definedFields } from '../database/defined-fields.js';
import { insertRow } from '../database/insert-row.js';
import { refusing } from '../database/violation.js';
import { whyNot } from '../database/why-not.js';
import type { Position } from '../paging/cursor.js';
import { ProductNotFound, SkuTaken } from './domain/product-errors.js';
import { ProductRepository, type IdRange, type ProductRange } from './domain/product-repository.js';
import { inCategory, missingCategory } from './in-category.js';
import { PRODUCT_ORDERS, type ProductOrder } from './product-orders.js';
import { ProductEntity, toProduct } from './product.entity.js';

/** Products in PostgreSQL. Versions and events are the work of the table's triggers. */
@Injectable()
export class TypeOrmProductRepository extends ProductRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly commits: Commits,
  ) {
    super();
  }

  override async find(id: string): Promise<Product | null> {
    const row = await this.dataSource.getRepository(ProductEntity).findOneBy({ id });
    return row && toProduct(row);
  }

  override async findMany(ids: readonly string[]): Promise<Map<string, Product>> {
    const rows = await this.dataSource.getRepository(ProductEntity).findBy({ id: In(ids) });
    return new Map(rows.map((row) => [row.id, toProduct(row)]));
  }

  override async list({ category, sort, limit, after }: ProductRange): Promise<IdRange | null> {
    const { by, direction } = PRODUCT_ORDERS[sort];
    const query = this.dataSource
      .getRepository(ProductEntity)
      .createQueryBuilder('product')
      .select(['product.id', `product.${by}`])
      .orderBy(`product.${by}`, direction)
      .addOrderBy('product.id', direction)
      .limit(limit + 1);
    if (category !== null) query.andWhere(inCategory('product'), { category });
    if (after !== null) {
      query.andWhere(`(product.${by}, product.id) ${direction === 'ASC' ? '>' : '<'} (:key, :id)`, { ...after });
    }
    const rows = await query.getMany();
    if (rows.length === 0 && (await missingCategory(this.dataSource, category))) return null;
    return idRange(rows, limit, by);
  }

  override async create(product: NewProduct, origin: Origin): Promise<Committed<Product>> {
    const refusals = {
      products_sku_key: (cause: unknown) => new SkuTaken(product.sku, cause),
      products_category_fkey: (cause: unknown) => new CategoryNotFound(product.categoryId, cause),
    };
    return refusing(refusals, () =>
      this.commits.run(origin, async (manager) => {
        return committedRow(manager, await insertRow(manager, ProductEntity, product));
      }),
    );
  }

  override async update(
    { id, expectedVersion, changes }: VersionedChange<ProductChanges>,
    origin: Origin,
  ): Promise<Committed<Product>> {
    const refusals = {
      products_category_fkey: (cause: unknown) => new CategoryNotFound(changes.categoryId ?? '', cause),
    };
    return refusing(refusals, () =>
      this.commits.run(origin, async (manager) => {
        const { affected } = await manager.update(
          ProductEntity,
          { id, version: expectedVersion },
          definedFields(changes),
        );
        if (affected !== 1) throw await whyNot(manager, ProductEntity, { id, expectedVersion }, missing);
        return committedRow(manager, id);
      }),
    );
  }

  override async remove(id: string, expectedVersion: number, origin: Origin): Promise<Committed<null>> {
    return this.commits.run(origin, async (manager) => {
      const { affected } = await manager.delete(ProductEntity, { id, version: expectedVersion });
      if (affected !== 1) throw await whyNot(manager, ProductEntity, { id, expectedVersion }, missing);
      return null;
    });
  }
}

const missing = (id: string): Error => new ProductNotFound(id);

async function committedRow(manager: EntityManager, id: string): Promise<Product> {
  return toProduct(await manager.findOneByOrFail(ProductEntity, { id }));
}

function idRange(rows: readonly ProductEntity[], limit: number, by: ProductOrder['by']): IdRange {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { ids: shown.map(({ id }) => id), last: last === undefined ? null : { key: keyOf(last, by), id: last.id } };
}

function keyOf(row: ProductEntity, by: ProductOrder['by']): Position['key'] {
  return by === 'createdAt' ? row.createdAt.toISOString() : row[by];
}
