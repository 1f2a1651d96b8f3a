import type { CacheReport } from '@larder/platform';
import { z } from 'zod';
import { Product } from './product.js';

/** What came of one of several reads: the product and how the caches took part, or why it is refused. */
export const ProductOutcome = z.union([
  z.object({ product: Product, cache: z.array(z.custom<CacheReport>()) }),
  z.object({
    refusal: z.object({ code: z.string(), detail: z.string(), retryAfterSeconds: z.number().exactOptional() }),
  }),
]);
export type ProductOutcome = z.infer<typeof ProductOutcome>;
