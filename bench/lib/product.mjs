import { z } from 'zod';

/** The value that every contestant caches: what a shop keeps about one product, 250 to 400 bytes as JSON. */
export const Product = z.object({
  id: z.string(),
  version: z.int().positive(),
  name: z.string(),
  description: z.string(),
  priceMinor: z.int().nonnegative(),
  currency: z.enum(['EUR', 'USD', 'GBP']),
  category: z.string(),
  labels: z.array(z.string()),
  stock: z.int().nonnegative(),
  active: z.boolean(),
  updatedAt: z.iso.datetime(),
});

const WORDS =
  'solid oak table with rounded edges seats six people oiled by hand from local forests delivered flat packed tools included'.split(
    ' ',
  );
const CATEGORIES = ['kitchen', 'living-room', 'garden', 'office', 'bath'];
const CURRENCIES = ['EUR', 'USD', 'GBP'];
const FIRST_UPDATE = Date.UTC(2026, 0, 1);

/** The id of the `n`-th product: always of the same length, so that one stands for another in a key. */
export function productId(n) {
  return `p-${String(n).padStart(8, '0')}`;
}

/** A new object each time; the same content for the same id. Versions have one to five digits. */
export function product(id) {
  const n = Number(id.slice(2));
  const seed = (n * 2_654_435_761) % 4_294_967_296;
  return {
    id,
    version: 1 + (seed % 99_999),
    name: words(seed, 3),
    description: words(seed >>> 3, 9 + (seed % 12)),
    priceMinor: 100 + (seed % 250_000),
    currency: CURRENCIES[seed % 3],
    category: CATEGORIES[seed % 5],
    labels: words(seed >>> 5, seed % 4)
      .split(' ')
      .filter(Boolean),
    stock: seed % 1_000,
    active: seed % 7 !== 0,
    updatedAt: new Date(FIRST_UPDATE + seed).toISOString(),
  };
}

function words(seed, count) {
  return Array.from({ length: count }, (_, i) => WORDS[(seed + i * 7) % WORDS.length]).join(' ');
}
