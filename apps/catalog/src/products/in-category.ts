import type { DataSource } from 'typeorm';
import { CategoryEntity } from '../categories/category.entity.js';

/** A condition: the product `alias` is in the category of parameter `:category`, or in one below it. */
export function inCategory(alias: string): string {
  return `${alias}.category_id IN (SELECT id FROM public.categories WHERE path @> ARRAY[:category]::uuid[])`;
}

/** Whether `category` names a category that does not exist; `null` names none. */
export async function missingCategory(dataSource: DataSource, category: string | null): Promise<boolean> {
  return category !== null && !(await dataSource.getRepository(CategoryEntity).existsBy({ id: category }));
}
