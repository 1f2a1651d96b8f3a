import {
  Cursor,
  Id,
  NewProduct,
  PageLimit,
  Product,
  ProductChanges,
  ProductPage,
  ProductSearchQuery,
  ProductSort,
  Stock,
  StockDelta,
} from '@larder/contracts';
import { z } from 'zod';
import { queryList, queryNumber } from '../http/query-number.js';
import { defineRoute } from '../http/route.js';
import { PRODUCT_EXAMPLE, STOCK_EXAMPLE } from './product-examples.js';

const ById = z.strictObject({ id: Id });
const read = { group: 'Products', method: 'GET', access: 'anyone', versions: 'shown' } as const;
const write = { group: 'Products', access: 'editor', versions: 'changed' } as const;
const one = { status: 200, body: Product, tagged: 'version', cached: true, example: PRODUCT_EXAMPLE } as const;
const many = {
  status: 200,
  body: ProductPage,
  tagged: 'content',
  cached: true,
  example: { items: [PRODUCT_EXAMPLE], nextCursor: null },
} as const;

const ListQuery = z
  .strictObject({
    ids: queryList(z.array(Id).min(1).max(100)).optional(),
    category: Id.optional(),
    sort: ProductSort.optional(),
    limit: queryNumber(PageLimit.unwrap()).optional(),
    cursor: Cursor.optional(),
  })
  .refine(({ ids, ...list }) => ids === undefined || Object.keys(list).length === 0, {
    path: ['ids'],
    message: 'stands alone: it cannot be combined with another parameter',
  });

/** Everything the public interface says about products and their stock. */
export const productRoutes = {
  getProduct: defineRoute({
    ...read,
    id: 'getProduct',
    path: '/v1/products/{id}',
    summary: 'One product',
    params: ById,
    success: {
      ...one,
      description: 'The product, at most one second older than the last change that was acknowledged.',
    },
    problems: ['PRODUCT_NOT_FOUND'],
  }),
  listProducts: defineRoute({
    ...read,
    id: 'listProducts',
    path: '/v1/products',
    summary: 'Products by id, or page by page',
    description:
      'With `ids`, those products in that order; ids that nobody has are left out. Otherwise one page of a category and ' +
      'all below it, or of all products: 20 by name unless `limit` and `sort` say otherwise; `cursor` is the ' +
      '`nextCursor` of the page before, with the same `category` and `sort`.',
    query: ListQuery,
    success: { ...many, description: 'The products; `nextCursor` is null at the end.' },
    problems: ['CATEGORY_NOT_FOUND', 'INVALID_CURSOR'],
  }),
  searchProducts: defineRoute({
    ...read,
    id: 'searchProducts',
    path: '/v1/search',
    summary: 'Products that match a text, best first',
    query: ProductSearchQuery.extend({ limit: queryNumber(PageLimit) }),
    success: { ...many, description: 'One page of matches; `nextCursor` is null at the end.' },
    problems: ['CATEGORY_NOT_FOUND', 'INVALID_CURSOR'],
  }),
  createProduct: defineRoute({
    ...write,
    id: 'createProduct',
    method: 'POST',
    path: '/v1/products',
    summary: 'Create a product',
    idempotent: true,
    body: NewProduct,
    bodyExample: {
      sku: 'ALM-250',
      name: 'Almonds',
      categoryId: PRODUCT_EXAMPLE.categoryId,
      priceMinor: 399,
      currency: 'EUR',
    },
    success: {
      ...one,
      status: 201,
      cached: false,
      announced: true,
      description: 'The new product; Location says where it is.',
    },
    problems: ['SKU_TAKEN', 'CATEGORY_NOT_FOUND'],
  }),
  updateProduct: defineRoute({
    ...write,
    id: 'updateProduct',
    method: 'PATCH',
    path: '/v1/products/{id}',
    summary: 'Change a product',
    description:
      'Fields that are absent stay as they are. The next read shows the change; through another process it may take one second, but for who sends its Larder-Version, or is of the same session.',
    params: ById,
    body: ProductChanges,
    bodyExample: { priceMinor: 429 },
    ifMatch: true,
    success: { ...one, cached: false, announced: true, description: 'The product after the change.' },
    problems: ['PRODUCT_NOT_FOUND', 'CATEGORY_NOT_FOUND'],
  }),
  removeProduct: defineRoute({
    ...write,
    id: 'removeProduct',
    method: 'DELETE',
    path: '/v1/products/{id}',
    summary: 'Delete a product',
    params: ById,
    ifMatch: true,
    success: { status: 204, description: 'It is gone.', body: null, announced: true },
    problems: ['PRODUCT_NOT_FOUND'],
  }),
  getStock: defineRoute({
    ...read,
    id: 'getStock',
    path: '/v1/products/{id}/stock',
    summary: 'How many can be sold now',
    params: ById,
    success: {
      status: 200,
      body: Stock,
      tagged: 'version',
      cached: true,
      example: STOCK_EXAMPLE,
      description: 'What was committed when the request arrived, or newer.',
    },
    problems: ['PRODUCT_NOT_FOUND'],
  }),
  adjustStock: defineRoute({
    ...write,
    id: 'adjustStock',
    method: 'POST',
    path: '/v1/products/{id}/stock',
    summary: 'Units came in or went out',
    idempotent: true,
    params: ById,
    body: z.strictObject({ delta: StockDelta }),
    bodyExample: { delta: -2 },
    success: {
      status: 200,
      body: Stock,
      tagged: 'version',
      announced: true,
      example: STOCK_EXAMPLE,
      description: 'The stock after it.',
    },
    problems: ['PRODUCT_NOT_FOUND', 'STOCK_EXHAUSTED'],
  }),
};
