import { z } from 'zod';
import { Currency, Cursor, Id, Instant, longText, page, PageLimit, PriceMinor, text, Version } from '../primitives.js';

/** A product as every service and every API consumer sees it. `rating` is 0 to 5, `null` when nobody has rated it. */
export const Product = z.object({
  id: Id,
  sku: z.string(),
  name: z.string(),
  brand: z.string().nullable(),
  description: z.string(),
  categoryId: Id,
  priceMinor: PriceMinor,
  currency: Currency,
  rating: z.number().min(0).max(5).nullable(),
  version: Version,
  createdAt: Instant,
  updatedAt: Instant,
});
export type Product = z.infer<typeof Product>;

/** So that a hundred products, the most that are answered together, fit the longest message between services, quotes escaped. */
const MAX_DESCRIPTION = 4_000;

/** What an editor says to create a product. */
export const NewProduct = z.strictObject({
  sku: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, dashes or underscores'),
  name: text(300),
  brand: text(120).nullable().default(null),
  description: longText(MAX_DESCRIPTION).default(''),
  categoryId: Id,
  priceMinor: PriceMinor,
  currency: Currency,
  rating: z.number().min(0).max(5).nullable().default(null),
});
export type NewProduct = z.output<typeof NewProduct>;

/** What an editor may change; at least one field. The SKU stays. */
export const ProductChanges = z
  .strictObject({
    name: text(300).optional(),
    brand: text(120).nullable().optional(),
    description: longText(MAX_DESCRIPTION).optional(),
    categoryId: Id.optional(),
    priceMinor: PriceMinor.optional(),
    currency: Currency.optional(),
    rating: z.number().min(0).max(5).nullable().optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'must change at least one field');
export type ProductChanges = z.output<typeof ProductChanges>;

/** The orders a list can have; `-` means descending. */
export const ProductSort = z.enum(['name', '-name', 'price', '-price', 'newest']);
export type ProductSort = z.infer<typeof ProductSort>;

/** One page of the products in a category and all below it, or of all products. */
export const ProductListQuery = z.strictObject({
  category: Id.optional(),
  sort: ProductSort.default('name'),
  limit: PageLimit,
  cursor: Cursor.optional(),
});
export type ProductListQuery = z.output<typeof ProductListQuery>;

/** One page of the products that match `q`, best first. */
export const ProductSearchQuery = z.strictObject({
  q: text(200),
  category: Id.optional(),
  limit: PageLimit,
  cursor: Cursor.optional(),
});
export type ProductSearchQuery = z.output<typeof ProductSearchQuery>;

export const ProductPage = page(Product);
export type ProductPage = z.infer<typeof ProductPage>;
