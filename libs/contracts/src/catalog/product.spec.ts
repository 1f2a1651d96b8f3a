import { randomUUID } from 'node:crypto';
import { NewProduct, type Product } from './product.js';

/** What one message between services holds, in UTF-16 units. */
const FRAME = 1_048_576;

it('leaves room in one message for a hundred of the longest products, each with a word of how it was come by', () => {
  const at = new Date().toISOString();
  const [name, brand, description] = [300, 120, 4_000].map((length) => '"'.repeat(length));
  const written = {
    sku: 's'.repeat(64),
    name,
    brand,
    description,
    categoryId: randomUUID(),
    priceMinor: 1_000_000_000,
  };
  const accepted = NewProduct.parse({ ...written, currency: 'EUR', rating: 4.75 });
  expect(NewProduct.safeParse({ ...accepted, description: `${accepted.description}.` }).success).toBe(false);
  const version = Number.MAX_SAFE_INTEGER;
  const product: Product = { ...accepted, id: randomUUID(), version, createdAt: at, updatedAt: at };
  const cache = [{ cache: 'larder-product', outcome: 'partial', l1: false, stored: false, shared: false }];
  const outcomes = Array.from({ length: 100 }, () => ({ product, cache }));
  expect(JSON.stringify(outcomes).length).toBeLessThan(FRAME * 0.95);
});
