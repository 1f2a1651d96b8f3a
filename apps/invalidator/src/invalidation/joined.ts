import type { ChainBatch } from '@larder/cache';

/**
 * Batches that follow each other, at least one, as the one batch that they are together. What the last one that knows says of an
 * instant holds for all: what came after it is in as well.
 */
export function joined(batches: readonly ChainBatch[]): ChainBatch {
  const [first, ...others] = batches;
  if (first === undefined) throw new TypeError('Nothing is no batch');
  return others.reduce(
    (before, { upTo, asOfMs, invalidation: { entries, tags } }) => ({
      after: before.after,
      upTo,
      asOfMs: asOfMs ?? before.asOfMs,
      invalidation: {
        entries: [...before.invalidation.entries, ...entries],
        tags: [...new Set([...before.invalidation.tags, ...tags])],
      },
    }),
    first,
  );
}
