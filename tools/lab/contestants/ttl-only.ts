import type { CacheUnderTest, LabConnection } from '../adapter.js';
import { cacheAside } from './cache-aside.js';

/** Entries live for a second, and nobody deletes them. */
export function connect(lab: LabConnection): CacheUnderTest {
  return cacheAside(lab, { ttlMs: 1_000, afterCommit: () => Promise.resolve() });
}
