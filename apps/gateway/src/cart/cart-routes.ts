import { Currency, Id, PriceMinor, Quantity } from '@larder/contracts';
import { z } from 'zod';
import { defineRoute } from '../http/route.js';

/**
 * A cart line with what the catalog says of its product. A product that is gone has `available` 0 and no name or
 * price; while the catalog cannot be asked `available` is `null` too.
 */
export const CartItem = z.object({
  productId: Id,
  quantity: Quantity,
  name: z.string().nullable(),
  priceMinor: PriceMinor.nullable(),
  currency: Currency.nullable(),
  available: z.number().int().min(0).nullable(),
});
export type CartItem = z.infer<typeof CartItem>;

/** A cart as its owner sees it, at most 100 lines, ordered by product id. */
export const Cart = z.object({ items: z.array(CartItem) });
export type Cart = z.infer<typeof Cart>;

const EXAMPLE: Cart = {
  items: [
    {
      productId: '0f6a7c1e-52c5-4a54-9d3b-3b6c1f0e8a11',
      quantity: 2,
      name: 'Almonds',
      priceMinor: 399,
      currency: 'EUR',
      available: 40,
    },
  ],
};

const ByProduct = z.strictObject({ productId: Id });
const cart = { group: 'Cart', access: 'visitor' } as const;
const versions = 'asked';
const shown = { status: 200, description: 'The cart now.', body: Cart, example: EXAMPLE } as const;

/** Everything the public interface says about carts. */
export const cartRoutes = {
  getCart: defineRoute({
    ...cart,
    id: 'getCart',
    method: 'GET',
    path: '/v1/cart',
    summary: 'The cart',
    description:
      'Of the account when signed in, else of the anonymous session; empty without either. A line whose product is gone ' +
      'has `available` 0 and no name or price; while the catalog cannot be asked, `available` is null as well.',
    versions,
    success: shown,
    problems: ['SESSION_REQUIRED'],
  }),
  addToCart: defineRoute({
    ...cart,
    id: 'addToCart',
    method: 'POST',
    path: '/v1/cart/items',
    summary: 'Put a product into the cart',
    description: 'Adds to the line of the product, up to 99. Starts an anonymous session where there is none.',
    body: z.strictObject({ productId: Id, quantity: Quantity }),
    bodyExample: { productId: EXAMPLE.items[0]?.productId, quantity: 2 },
    versions,
    success: shown,
    problems: ['SESSION_REQUIRED', 'CART_FULL'],
  }),
  setCartLine: defineRoute({
    ...cart,
    id: 'setCartLine',
    method: 'PUT',
    path: '/v1/cart/items/{productId}',
    summary: 'Say how many of a product',
    params: ByProduct,
    body: z.strictObject({ quantity: Quantity }),
    bodyExample: { quantity: 3 },
    versions,
    success: shown,
    problems: ['SESSION_REQUIRED', 'CART_FULL'],
  }),
  removeFromCart: defineRoute({
    ...cart,
    id: 'removeFromCart',
    method: 'DELETE',
    path: '/v1/cart/items/{productId}',
    summary: 'Take a product out of the cart',
    params: ByProduct,
    success: { status: 204, description: 'It is not in the cart.', body: null },
    problems: ['SESSION_REQUIRED'],
  }),
  clearCart: defineRoute({
    ...cart,
    id: 'clearCart',
    method: 'DELETE',
    path: '/v1/cart',
    summary: 'Empty the cart',
    success: { status: 204, description: 'The cart is empty.', body: null },
    problems: ['SESSION_REQUIRED'],
  }),
};
