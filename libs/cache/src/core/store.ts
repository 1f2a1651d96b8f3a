import type { EntryInvalidation, Tag } from './invalidation.js';
import type { FillAnswer, FillRequest, LeaseAnswer, LeaseRequest } from './steps.js';

/** What a look at one key finds: a value, a strict write in flight, or nothing that can be served. */
export type Found =
  | { readonly state: 'value'; readonly version: number; readonly payload: string }
  | { readonly state: 'intent' }
  | { readonly state: 'absent' };

/** What one round trip finds, in the order asked; a tag that does not exist is `null`. */
export interface Look {
  readonly entries: readonly Found[];
  readonly tags: readonly (string | null)[];
}

/**
 * Where entries live. Implementations pass the store contract of `@larder/cache/testing`.
 *
 * Every method rejects when the store cannot be reached; none retries or times out on its own account.
 * Each key's change is atomic; nothing is promised across keys.
 */
export interface Store {
  /** Entries and tags in one round trip. */
  look(keys: readonly string[], tags: readonly Tag[]): Promise<Look>;
  /** The value of each tag, in order; a missing tag is created with a value that no tag ever had. */
  currentTags(tags: readonly Tag[]): Promise<string[]>;
  lease(key: string, request: LeaseRequest): Promise<LeaseAnswer>;
  fill(key: string, request: FillRequest): Promise<FillAnswer>;
  /** Gives a lease up; nothing happens if it is not `token`'s any more. */
  release(key: string, token: string, tombstoneMs: number): Promise<void>;
  /** Applies all, in one pipelined round trip; safe to repeat. Must work when the store is out of memory. */
  invalidate(entries: readonly EntryInvalidation[], tags: readonly Tag[], tombstoneMs: number): Promise<void>;
  /** Resolves when the store answers. */
  ping(): Promise<void>;
}
