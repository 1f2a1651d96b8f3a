/**
 * The limits of sessions and carts. Times are in milliseconds and are measured by the store's own clock. What fills all of a
 * session's limits for sizes takes 16 KiB in {@link SESSION_POLICY}, with what the store itself keeps of it.
 */
export interface SessionPolicy {
  /** A session ends this long after its last recorded use. */
  readonly idleMs: number;
  /** A session ends this long after it began, however busy. */
  readonly absoluteMs: number;
  /** A secret older than this is renewed at the next use. */
  readonly renewMs: number;
  /** The secret before a renewal is still taken for so long; after that it is a replay, and ends the session. */
  readonly graceMs: number;
  /** A use is recorded at most once in this time, and the generation compared at the first check after it. */
  readonly touchMs: number;
  /** Sessions of one account; the oldest goes. */
  readonly maxSessions: number;
  /** Names of changed things that a session remembers the versions of; those changed longest ago go. */
  readonly maxVersions: number;
  /** Those names with their versions, as bytes. */
  readonly maxVersionsBytes: number;
  /** Lines of a cart. */
  readonly maxLines: number;
  /** What the lines of a cart take: for each, the product id in UTF-8 and seven bytes. */
  readonly maxCartBytes: number;
  /** Each text that a caller names, in UTF-8: an account id, all roles together, a device, a product id. */
  readonly maxTextBytes: number;
  /** A session's preferences, as JSON in UTF-8. */
  readonly maxPreferencesBytes: number;
  /** Of one line; what is more is cut off. */
  readonly maxQuantity: number;
  /** An account's cart is forgotten this long after its last change. */
  readonly cartMs: number;
  /** How long a merge is remembered, so that its repetition adds nothing. Longer than a sealed session can live. */
  readonly mergeMemoryMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

export const SESSION_POLICY: SessionPolicy = {
  idleMs: 30 * MINUTE_MS,
  absoluteMs: 12 * HOUR_MS,
  renewMs: 15 * MINUTE_MS,
  graceMs: 30_000,
  touchMs: MINUTE_MS,
  maxSessions: 10,
  maxVersions: 32,
  maxVersionsBytes: 3_072,
  maxLines: 100,
  maxCartBytes: 5_120,
  maxTextBytes: 768,
  maxPreferencesBytes: 4_096,
  maxQuantity: 99,
  cartMs: 90 * 24 * HOUR_MS,
  mergeMemoryMs: HOUR_MS,
};
