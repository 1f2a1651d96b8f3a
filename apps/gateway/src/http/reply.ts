import type { CacheReport } from '@larder/platform';

/** What a handler gives the client; the status comes from the route. */
export interface Reply<Body> {
  readonly body: Body;
  /** A strong entity tag, quotes included; absent for answers that nobody should revalidate. */
  readonly etag?: string;
  /** How the answer was come by, cache by cache. */
  readonly cache?: readonly CacheReport[] | undefined;
  /** Where the new thing is, for 201. */
  readonly location?: string;
}

/** The answer of a route without a body. */
export const NO_BODY: Reply<null> = { body: null };
