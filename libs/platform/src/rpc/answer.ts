/**
 * How one cached part of an answer was come by: one member of the gateway's Cache-Status field.
 * `partial`: some of several entries were loaded. `stored`: the load was stored. `shared`: the load was another caller's.
 */
export interface CacheReport {
  /** The cache's name, such as `larder-product`. */
  readonly cache: string;
  readonly outcome: 'hit' | 'stale' | 'miss' | 'partial' | 'bypass';
  /** Whether any of it came from the answering process's own tier, and may be as old as that tier allows. */
  readonly l1: boolean;
  readonly stored: boolean;
  readonly shared: boolean;
}

/**
 * Whether the caches know of a change that was made. `pending`: it is committed, but until its event, or a repetition, has
 * reached the cache, readers may still see what was before.
 */
export type Freshness = 'applied' | 'pending';

/** Versions of things, integers >= 1, by the names of the things. */
export type AnsweredVersions = Readonly<Record<string, number>>;

/**
 * An output, and the caches that took part in it in the order in which they were asked; none for an uncached one.
 * An answer that is not to a change is `applied`, and tells no versions that a change made.
 */
export class Answer<Output> {
  constructor(
    readonly data: Output,
    readonly cache: readonly CacheReport[] = [],
    readonly freshness: Freshness = 'applied',
    readonly versions: AnsweredVersions = {},
  ) {}
}

/** What a handler returns to tell the caller how the caches took part. */
export function answer<Output>(data: Output, cache: readonly CacheReport[]): Answer<Output> {
  return new Answer(data, cache);
}

/** What a handler that changed something returns to tell the caller whether the caches know of it, and which versions it made. */
export function changed<Output>(data: Output, freshness: Freshness, versions: AnsweredVersions = {}): Answer<Output> {
  return new Answer(data, [], freshness, versions);
}
