import type { Category } from '@larder/contracts';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import { INSTANT_COLUMN, VERSION_COLUMN } from '../database/columns.js';

/** A row of `categories`. The database sets path, version and times. */
@Entity('categories')
export class CategoryEntity {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('uuid', { name: 'parent_id', nullable: true })
  parentId!: string | null;

  @Column('text')
  name!: string;

  @Column('uuid', { array: true })
  path!: string[];

  @Column(VERSION_COLUMN)
  version!: number;

  @Column({ ...INSTANT_COLUMN, name: 'created_at' })
  createdAt!: Date;

  @Column({ ...INSTANT_COLUMN, name: 'updated_at' })
  updatedAt!: Date;
}

/** The row as every service sees it. */
export function toCategory({ createdAt, updatedAt, ...row }: CategoryEntity): Category {
  return {
    ...row,
    level: row.path.length,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
