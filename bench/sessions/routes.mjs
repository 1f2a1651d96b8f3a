import { setTimeout as sleep } from 'node:timers/promises';

const CATALOGUE_MS = 5;

/** What every shop asks a catalogue for, between looking at the session and writing to it. */
export async function priceOf(product) {
  return sleep(CATALOGUE_MS, product.length);
}

/** What the shops of the peers do, over the session that each gives a request; `cart` is a product's quantity by its id. */
export const routes = {
  'POST /add': ({ session }, { product }) => change(session, product, 1),
  'POST /take': ({ session }, { product }) => change(session, product, -1),
  'GET /cart': ({ session }) => session.cart ?? {},
  'GET /me': ({ session }) => ({ account: session.account ?? null }),
  'POST /slow': async ({ session }, { ms }) => {
    session.visited = await new Promise((resolve) => setTimeout(resolve, Number(ms), true));
    return {};
  },
};

async function change(session, product, by) {
  await priceOf(product);
  const cart = (session.cart ??= {});
  cart[product] = (cart[product] ?? 0) + by;
  if (cart[product] <= 0) delete cart[product];
  return cart;
}

/**
 * Adds a cart to that of an account, and answers a copy for the session: these libraries know no accounts, so a shop keeps such carts
 * itself, here in its memory, where adding loses nothing.
 */
export function mergeInto(carts, account, cart = {}) {
  const kept = carts.get(account) ?? {};
  for (const [product, quantity] of Object.entries(cart)) kept[product] = Math.min((kept[product] ?? 0) + quantity, 99);
  carts.set(account, kept);
  return { ...kept };
}
