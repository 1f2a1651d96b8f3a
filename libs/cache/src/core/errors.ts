import type { Invalidation } from './invalidation.js';

/**
 * Why the cache failed a read or an invalidation. Callers branch on the code, never on the message.
 * `LOAD_REJECTED`: too many loads wait already. `LOAD_TIMEOUT`: the load took too long, or longer than this read would wait.
 * `INVALIDATION_PENDING`: the store has not applied it yet; it is repeated in the background.
 * `INVALIDATION_LOST`: the store has not applied it, and it does not wait because too many do; repeat it.
 * `INTENT_REFUSED`: the store has not placed the intent of a strict write; do not commit it. `BATCH_REFUSED`: the store has not applied a
 * batch of a chain; apply it again.
 */
export type CacheErrorCode =
  'LOAD_REJECTED' | 'LOAD_TIMEOUT' | 'INVALIDATION_PENDING' | 'INVALIDATION_LOST' | 'INTENT_REFUSED' | 'BATCH_REFUSED';

/**
 * What a `Store` rejects with when it has answered, but would not do this one thing: it is full, say, or the caller
 * lacks a right. Reads go on using it; after any other error of a store it counts as unreachable.
 */
export class StoreRefusal extends Error {
  override readonly name = 'StoreRefusal';
}

/** What a `Store` rejects an invalidation with of which it has applied some: those that are `left` it has not. */
export class PartlyApplied extends StoreRefusal {
  constructor(
    readonly left: Invalidation,
    options: ErrorOptions,
  ) {
    super(`${left.entries.length} entries and ${left.tags.length} tags were not invalidated`, options);
  }
}

/** Every other error this library throws on its own account; what a load throws passes through unchanged. */
export class CacheError extends Error {
  override readonly name = 'CacheError';

  constructor(
    readonly code: CacheErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
