/**
 * How one cached part of an answer was come by: one member of the gateway's Cache-Status field.
 * `partial`: some of several entries were loaded. `stored`: the load was stored. `shared`: the load was another caller's.
 */
export interface CacheReport {
  /** The cache's name, such as `larder-product`. */
  readonly cache: string;
  readonly outcome: 'hit' | 'miss' | 'partial' | 'bypass';
  readonly stored: boolean;
  readonly shared: boolean;
}

/** An output, and the caches that took part in it in the order in which they were asked; none for an uncached one. */
export class Answer<Output> {
  constructor(
    readonly data: Output,
    readonly cache: readonly CacheReport[] = [],
  ) {}
}

/** What a handler returns to tell the caller how the caches took part. */
export function answer<Output>(data: Output, cache: readonly CacheReport[]): Answer<Output> {
  return new Answer(data, cache);
}
