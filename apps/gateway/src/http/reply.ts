import type { Versions } from '@larder/contracts';
import type { CacheReport, Freshness } from '@larder/platform';

/** Says `pending` on the answer to a change that the caches do not know of yet. */
export const FRESHNESS_FIELD = 'Larder-Freshness';

/** What a handler gives the client; the status comes from the route. */
export interface Reply<Body> {
  readonly body: Body;
  /** An entity tag, quotes included; absent for answers that nobody should revalidate. */
  readonly etag?: string;
  /** How the answer was come by, cache by cache. */
  readonly cache?: readonly CacheReport[] | undefined;
  /** Whether the caches know of the change that was made; `applied` unless given. */
  readonly freshness?: Freshness;
  /** What it shows or changed, for the version token; at most 32. */
  readonly versions?: Versions;
  /** Where the new thing is, for 201. */
  readonly location?: string;
}

/** The answer of a route without a body. */
export const NO_BODY: Reply<null> = { body: null };
