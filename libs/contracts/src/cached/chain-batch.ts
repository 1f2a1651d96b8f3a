import type { ChainBatch, Invalidation } from '@larder/cache';
import { z } from 'zod';
import { parseBatchedChange, type ChangeBatch } from '../events/change-batch.js';
import { CATALOG_RETIRED, invalidationsOf } from './invalidations.js';

/** A batch as a chain applies it: all that its changes made obsolete. */
export function chainBatchOf({ after, upTo, asOfMs, changes }: ChangeBatch): ChainBatch {
  const all = changes.map(invalidationOf);
  const entries = all.flatMap((each) => each.entries);
  const tags = [...new Set(all.flatMap((each) => each.tags))];
  return { after, upTo, asOfMs, invalidation: { entries, tags } };
}

/**
 * What a change made obsolete. One that this release cannot read may have changed anything: it would be the same the next time,
 * so it must not hold up what follows.
 */
function invalidationOf(change: unknown): Invalidation {
  try {
    return invalidationsOf(parseBatchedChange(change));
  } catch (error) {
    if (error instanceof z.ZodError) return CATALOG_RETIRED;
    throw error;
  }
}
