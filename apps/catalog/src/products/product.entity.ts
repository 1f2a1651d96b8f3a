import type { Product } from '@larder/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { INSTANT_COLUMN, VERSION_COLUMN } from '../database/columns.js';

/** A row of `products`. The database sets version and times; `search` is for queries only. */
@Entity('products')
export class ProductEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  sku!: string;

  @Column('text')
  name!: string;

  @Column('text', { nullable: true })
  brand!: string | null;

  @Column('text')
  description!: string;

  @Column('uuid', { name: 'category_id' })
  categoryId!: string;

  @Column('integer', { name: 'price_minor' })
  priceMinor!: number;

  @Column('text')
  currency!: string;

  @Column('double precision', { nullable: true })
  rating!: number | null;

  @Column(VERSION_COLUMN)
  version!: number;

  @Column({ ...INSTANT_COLUMN, name: 'created_at' })
  createdAt!: Date;

  @Column({ ...INSTANT_COLUMN, name: 'updated_at' })
  updatedAt!: Date;
}

/** The row as every service sees it. */
export function toProduct({ createdAt, updatedAt, ...row }: ProductEntity): Product {
  return { ...row, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}
