import type { Product, Stock } from '@larder/contracts';

/** A product for the documentation. */
export const PRODUCT_EXAMPLE: Product = {
  id: '0f6a7c1e-52c5-4a54-9d3b-3b6c1f0e8a11',
  sku: 'ALM-250',
  name: 'Almonds',
  brand: 'Larder',
  description: 'Whole almonds, 250 g',
  categoryId: '7d3e0d0c-2f1b-4a86-8a07-6b1d5c7f9e21',
  priceMinor: 399,
  currency: 'EUR',
  rating: 4.5,
  version: 12,
  createdAt: '2025-01-02T08:00:00.000Z',
  updatedAt: '2025-03-04T09:30:00.000Z',
};

/** The stock of {@link PRODUCT_EXAMPLE}. */
export const STOCK_EXAMPLE: Stock = { productId: PRODUCT_EXAMPLE.id, quantity: 40, version: 87 };
