import { z } from 'zod';
import { Id } from '../primitives.js';

/** How many of one product a cart line holds: 1 to 99. */
export const Quantity = z.number().int().min(1).max(99);

export const CartLine = z.object({ productId: Id, quantity: Quantity });
export type CartLine = z.infer<typeof CartLine>;

/** A cart's lines, ordered by product id; at most 100. */
export const CartLines = z.array(CartLine).max(100);
