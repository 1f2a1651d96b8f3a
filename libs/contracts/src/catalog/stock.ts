import { z } from 'zod';
import { Currency, Id, PriceMinor, Version } from '../primitives.js';

/** How many units of a product can be sold now. */
export const Stock = z.object({ productId: Id, quantity: z.number().int().min(0), version: Version });
export type Stock = z.infer<typeof Stock>;

/** Units that came in (positive) or went out (negative); never 0. */
export const StockDelta = z
  .number()
  .int()
  .min(-1_000_000)
  .max(1_000_000)
  .refine((delta) => delta !== 0, 'must not be 0');

/** What a cart needs to know of a product. `available` is its stock. */
export const Offer = z.object({
  productId: Id,
  name: z.string(),
  priceMinor: PriceMinor,
  currency: Currency,
  available: z.number().int().min(0),
});
export type Offer = z.infer<typeof Offer>;
