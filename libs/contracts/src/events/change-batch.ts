import { z } from 'zod';
import { parseCatalogEvent, type CatalogChange } from './catalog-event.js';

/** The type, and so the routing key, of the event that carries a {@link ChangeBatch}. */
export const CHANGE_BATCH = 'catalog.changes.batch';

/** A place in the numbering of batches; 0 is before the first. */
const Place = z.number().int().min(0);

/**
 * What was committed between two places of the catalog's numbering: it follows the batch that ended at `after`, and ends at
 * `upTo`. Numbers rise but skip; none ever stands for two contents. With `upTo` equal to `after` it is a beat, and empty.
 *
 * Everything that was committed before `asOfMs`, an instant of the cache's own clock in milliseconds, is in it or in batches
 * before it; `null`: nobody can say. Each of `changes` is meant to be a {@link BatchedChange}, and is looked at one by one.
 */
export const ChangeBatch = z
  .object({ after: Place, upTo: Place, asOfMs: z.number().nullable(), changes: z.array(z.unknown()) })
  .refine(({ after, upTo }) => upTo >= after, 'must not end before it begins');
export type ChangeBatch = z.infer<typeof ChangeBatch>;

/** An event of the catalog in a batch, and the id of the database transaction that made the change, in digits. */
export const BatchedChange = z.object({
  type: z.string(),
  data: z.unknown(),
  transaction: z.string().regex(/^\d{1,20}$/),
});
export type BatchedChange = z.infer<typeof BatchedChange>;

/** Reads one change of a batch. @throws {z.ZodError} for an unknown type or another shape */
export function parseBatchedChange(change: unknown): CatalogChange {
  const { type, data, transaction } = BatchedChange.parse(change);
  return { ...parseCatalogEvent(type, data), transaction };
}
