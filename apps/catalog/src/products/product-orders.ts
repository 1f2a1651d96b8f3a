import { Instant, PriceMinor, type ProductSort } from '@larder/contracts';
import { z } from 'zod';
import type { KeySchema } from '../paging/cursor.js';

/** What a list is ordered by; the id settles ties, in the same direction. */
export interface ProductOrder {
  readonly by: 'name' | 'priceMinor' | 'createdAt';
  readonly direction: 'ASC' | 'DESC';
  /** What a cursor's key must look like, so that the database never sees another. */
  readonly keys: KeySchema;
}

const NAME_MAX_UTF16 = 600;
const Name = z
  .string()
  .max(NAME_MAX_UTF16)
  .refine((name) => name.isWellFormed() && !name.includes('\0'));

/** Each sort that a caller may ask for. */
export const PRODUCT_ORDERS: Readonly<Record<ProductSort, ProductOrder>> = {
  name: { by: 'name', direction: 'ASC', keys: Name },
  '-name': { by: 'name', direction: 'DESC', keys: Name },
  price: { by: 'priceMinor', direction: 'ASC', keys: PriceMinor },
  '-price': { by: 'priceMinor', direction: 'DESC', keys: PriceMinor },
  newest: { by: 'createdAt', direction: 'DESC', keys: Instant },
};
