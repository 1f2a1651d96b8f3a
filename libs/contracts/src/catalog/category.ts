import { z } from 'zod';
import { Id, Instant, page, text, Version } from '../primitives.js';

/** A node of the category tree. `level` is 1 for a root, at most 3; `path` leads from the root to this node, both included. */
export const Category = z.object({
  id: Id,
  parentId: Id.nullable(),
  name: z.string(),
  level: z.number().int().min(1).max(3),
  path: z.array(Id).min(1).max(3),
  version: Version,
  createdAt: Instant,
  updatedAt: Instant,
});
export type Category = z.infer<typeof Category>;

/** What an editor says to create a category; `parentId` `null` makes a root. */
export const NewCategory = z.strictObject({ parentId: Id.nullable().default(null), name: text(120) });
export type NewCategory = z.output<typeof NewCategory>;

/** What an editor may change; at least one field. */
export const CategoryChanges = z
  .strictObject({ parentId: Id.nullable().optional(), name: text(120).optional() })
  .refine((changes) => Object.keys(changes).length > 0, 'must change at least one field');
export type CategoryChanges = z.output<typeof CategoryChanges>;

/** The whole tree in one page, parents before children, siblings by name. */
export const CategoryPage = page(Category);
export type CategoryPage = z.infer<typeof CategoryPage>;
