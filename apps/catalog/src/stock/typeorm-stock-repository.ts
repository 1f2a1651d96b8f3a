import { Injectable } from '@nestjs/common';
import type { Stock } from '@larder/contracts';
import { DataSource, In, type EntityManager } from 'typeorm';
import type { Committed, Origin } from '../changes/committed.js';
import { Commits } from '../database/commits.js';
import { refusing } from '../database/violation.js';
import { ProductNotFound } from '../products/domain/product-errors.js';
import { ProductEntity } from '../products/product.entity.js';
import { StockExhausted, StockOverflow } from './domain/stock-errors.js';
import { StockRepository } from './domain/stock-repository.js';
import { StockEntity } from './stock.entity.js';

interface StockRow {
  readonly quantity: number;
  readonly version: string;
}

const STOCK_OF = `
  SELECT coalesce(stock.quantity, 0) AS quantity, coalesce(stock.version, product.version) AS version
  FROM public.products AS product LEFT JOIN public.stock AS stock ON stock.product_id = product.id
  WHERE product.id = $1`;

/** A check constraint sees the proposed row even where a row exists, so units that go out need an UPDATE of their own. */
const BRING_IN = `
  INSERT INTO public.stock (product_id, quantity) VALUES ($1, $2)
  ON CONFLICT (product_id) DO UPDATE SET quantity = stock.quantity + excluded.quantity
  RETURNING quantity, version`;
const TAKE_OUT = `
  WITH taken AS (
    UPDATE public.stock SET quantity = quantity + $2 WHERE product_id = $1 RETURNING quantity, version
  ) SELECT quantity, version FROM taken`;

/** Stock in PostgreSQL. Versions and events are the work of the table's triggers. */
@Injectable()
export class TypeOrmStockRepository extends StockRepository {
  constructor(
    private readonly dataSource: DataSource,
    private readonly commits: Commits,
  ) {
    super();
  }

  override async find(productId: string): Promise<Stock | null> {
    const [row] = await this.dataSource.query<StockRow[]>(STOCK_OF, [productId]);
    return row === undefined ? null : toStock(productId, row);
  }

  override async counts(productIds: readonly string[]): Promise<Map<string, Stock>> {
    const rows = await this.dataSource.getRepository(StockEntity).findBy({ productId: In(productIds) });
    return new Map(rows.map(({ productId, quantity, version }) => [productId, { productId, quantity, version }]));
  }

  override async adjust(productId: string, delta: number, origin: Origin): Promise<Committed<Stock>> {
    const refusals = {
      stock_quantity_check: (cause: unknown) =>
        delta < 0 ? new StockExhausted(productId, cause) : new StockOverflow(cause),
      stock_product_fkey: () => new ProductNotFound(productId),
    };
    return refusing(refusals, () =>
      this.commits.run(origin, async (manager) => {
        const [row] = await manager.query<StockRow[]>(delta < 0 ? TAKE_OUT : BRING_IN, [productId, delta]);
        if (row === undefined) throw await whyNothingToTake(manager, productId);
        return toStock(productId, row);
      }),
    );
  }
}

function toStock(productId: string, { quantity, version }: StockRow): Stock {
  return { productId, quantity, version: Number(version) };
}

async function whyNothingToTake(manager: EntityManager, productId: string): Promise<Error> {
  const exists = await manager.existsBy(ProductEntity, { id: productId });
  return exists ? new StockExhausted(productId) : new ProductNotFound(productId);
}
