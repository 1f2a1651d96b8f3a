export {
  Cache,
  type LoadContext,
  type Read,
  type ReadOptions,
  type ReadOutcome,
  type SpaceCache,
} from './core/cache.js';
export type { EntryInvalidation, Invalidation, Tag } from './core/invalidation.js';
export { hashId } from './core/key.js';
export { defineSpace, type Space, type SpaceDefinition } from './core/space.js';
export { tag } from './core/tag.js';
