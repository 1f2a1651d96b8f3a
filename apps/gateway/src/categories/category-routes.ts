import { Category, CategoryChanges, CategoryPage, Id, NewCategory } from '@larder/contracts';
import { z } from 'zod';
import { defineRoute } from '../http/route.js';

const EXAMPLE: Category = {
  id: '7d3e0d0c-2f1b-4a86-8a07-6b1d5c7f9e21',
  parentId: null,
  name: 'Nuts and seeds',
  level: 1,
  path: ['7d3e0d0c-2f1b-4a86-8a07-6b1d5c7f9e21'],
  version: 3,
  createdAt: '2025-01-02T08:00:00.000Z',
  updatedAt: '2025-01-02T08:00:00.000Z',
};

const ById = z.strictObject({ id: Id });
const read = { group: 'Categories', method: 'GET', access: 'anyone', versions: 'shown' } as const;
const write = { group: 'Categories', access: 'editor', versions: 'changed' } as const;
const one = { status: 200, body: Category, tagged: 'version', cached: true, example: EXAMPLE } as const;

/** Everything the public interface says about categories. */
export const categoryRoutes = {
  listCategories: defineRoute({
    ...read,
    id: 'listCategories',
    path: '/v1/categories',
    summary: 'The whole tree',
    success: {
      ...one,
      tagged: 'content',
      body: CategoryPage,
      example: { items: [EXAMPLE], nextCursor: null },
      description: 'Every category: parents before children, siblings by name.',
    },
    problems: [],
  }),
  getCategory: defineRoute({
    ...read,
    id: 'getCategory',
    path: '/v1/categories/{id}',
    summary: 'One category',
    params: ById,
    success: { ...one, description: 'The category.' },
    problems: ['CATEGORY_NOT_FOUND'],
  }),
  createCategory: defineRoute({
    ...write,
    id: 'createCategory',
    method: 'POST',
    path: '/v1/categories',
    summary: 'Create a category',
    idempotent: true,
    body: NewCategory,
    bodyExample: { parentId: EXAMPLE.id, name: 'Almonds' },
    success: {
      ...one,
      status: 201,
      cached: false,
      announced: true,
      description: 'The new category; Location says where it is.',
    },
    problems: ['CATEGORY_NOT_FOUND', 'CATEGORY_TOO_DEEP', 'CATEGORY_NAME_TAKEN'],
  }),
  updateCategory: defineRoute({
    ...write,
    id: 'updateCategory',
    method: 'PATCH',
    path: '/v1/categories/{id}',
    summary: 'Rename or move a category',
    description: 'A category that moves takes everything below it along.',
    params: ById,
    body: CategoryChanges,
    bodyExample: { name: 'Nuts' },
    ifMatch: true,
    success: { ...one, cached: false, announced: true, description: 'The category after the change.' },
    problems: ['CATEGORY_NOT_FOUND', 'CATEGORY_TOO_DEEP', 'CATEGORY_CYCLE', 'CATEGORY_NAME_TAKEN'],
  }),
  removeCategory: defineRoute({
    ...write,
    id: 'removeCategory',
    method: 'DELETE',
    path: '/v1/categories/{id}',
    summary: 'Delete an empty category',
    params: ById,
    ifMatch: true,
    success: { status: 204, description: 'It is gone.', body: null, announced: true },
    problems: ['CATEGORY_NOT_FOUND', 'CATEGORY_IN_USE'],
  }),
};
