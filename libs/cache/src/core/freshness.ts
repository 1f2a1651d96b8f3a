/**
 * What a read promises, from the least to the most. Whatever the level, a fill never brings back what was invalidated.
 *
 * `eventual`: once a change's invalidation has been applied and heard, nothing older is read. `{ maxStalenessMs }`: nothing that is read
 * from the cache was out of date for longer than that, even if no invalidation arrives at all; then the value is loaded. Needs
 * somebody who applies the chain of the space's service, see {@link Chain}. `acknowledged`: a read that starts after an
 * invalidation has resolved returns nothing older. `strict`: a read returns nothing older than what was committed when it
 * started; needs writers that place their intents, see `Cache.intend`.
 */
export type Freshness = 'eventual' | 'acknowledged' | 'strict' | { readonly maxStalenessMs: number };

/** The lowest version that a read takes from the cache, for all ids alike or by id. */
export type MinVersion = number | ((id: string) => number | undefined);

/** What a read may ask for beyond what its space promises. */
export interface FreshnessOptions {
  /** A level that this read needs as well as its space's. `strict` in a space whose writers place no intents means: load it. */
  readonly freshness?: Freshness;
  /**
   * Of versioned spaces: what is cached below this version is loaded anew, such as a version that the caller has seen. A version that
   * the source does not have either costs a load, and is answered with what the source has.
   */
  readonly minVersion?: MinVersion;
}

/** What a value must be to be served from the cache. */
export interface Demand {
  /** How old its certificate may be, in milliseconds; `Infinity`: it needs none. */
  readonly withinMs: number;
  /** Whether the process's own tier may not answer. */
  readonly pastL1: boolean;
  /** Whether nothing but a load may answer. */
  readonly pastStore: boolean;
  readonly minVersion: MinVersion | null;
}

/** What a space demands of every read. */
export function demandOf(freshness: Freshness): Demand {
  return {
    withinMs: typeof freshness === 'object' ? freshness.maxStalenessMs : Infinity,
    pastL1: freshness === 'acknowledged' || freshness === 'strict',
    pastStore: false,
    minVersion: null,
  };
}

/** What a demand follows from. */
interface Promising {
  readonly name: string;
  readonly freshness: Freshness;
  readonly demand: Demand;
  readonly version: unknown;
}

/**
 * What one read demands of a space. @throws {RangeError} for a staleness that is no integer above 0, and for what is no level or no
 * version; @throws {TypeError} for `minVersion` where there are no versions
 */
export function demandOfRead(space: Promising, options: FreshnessOptions | undefined): Demand {
  const { freshness = 'eventual', minVersion = null } = options ?? {};
  if (freshness === 'eventual' && minVersion === null) return space.demand;
  if (minVersion !== null) assertMinVersion(space, minVersion);
  return { ...stricter(space, freshness), minVersion };
}

function stricter({ demand, freshness: own }: Promising, freshness: Freshness): Demand {
  assertLevel(freshness);
  const { withinMs, pastL1 } = demandOf(freshness);
  return {
    withinMs: Math.min(demand.withinMs, withinMs),
    pastL1: demand.pastL1 || pastL1,
    pastStore: freshness === 'strict' && own !== 'strict',
    minVersion: null,
  };
}

/** The least version of `id` that `demand` takes. @throws {RangeError} for what is none */
export function minVersionOf({ minVersion }: Demand, id: string): number {
  if (minVersion === null) return 0;
  return typeof minVersion === 'number' ? minVersion : assertVersion(minVersion(id) ?? 0);
}

function assertMinVersion({ name, version }: Promising, minVersion: MinVersion): void {
  if (version === null) throw new TypeError(`${name} has no versions`);
  if (typeof minVersion === 'number') assertVersion(minVersion);
}

/** Nothing is below what is no number: such a read would take anything. */
function assertVersion(minVersion: number): number {
  if (Number.isSafeInteger(minVersion) && minVersion >= 0) return minVersion;
  throw new RangeError(`minVersion is a safe integer, 0 or more, not ${minVersion}`);
}

/** Long enough for anything that is called a bound. */
const MAX_STALENESS_MS = 24 * 3_600_000;

const LEVELS: readonly Freshness[] = ['eventual', 'acknowledged', 'strict'];

/** A level that nobody knows would promise nothing. @throws {RangeError} */
export function assertLevel(freshness: Freshness): void {
  if (LEVELS.includes(freshness)) return;
  if (typeof freshness !== 'object') {
    throw new RangeError(
      `freshness is eventual, acknowledged, strict or { maxStalenessMs }, not ${freshness as string}`,
    );
  }
  const { maxStalenessMs } = freshness;
  if (Number.isSafeInteger(maxStalenessMs) && maxStalenessMs >= 1 && maxStalenessMs <= MAX_STALENESS_MS) return;
  throw new RangeError(`freshness.maxStalenessMs is an integer from 1 to ${MAX_STALENESS_MS}, not ${maxStalenessMs}`);
}
