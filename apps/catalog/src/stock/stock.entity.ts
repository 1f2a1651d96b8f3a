import { Column, Entity, PrimaryColumn } from 'typeorm';
import { VERSION_COLUMN } from '../database/columns.js';

/** A row of `stock`: there is one once units of the product have come in. The database sets the version. */
@Entity('stock')
export class StockEntity {
  @PrimaryColumn('uuid', { name: 'product_id' })
  productId!: string;

  @Column('integer')
  quantity!: number;

  @Column(VERSION_COLUMN)
  version!: number;
}
