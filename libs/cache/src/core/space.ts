import type { Demand, Freshness } from './freshness.js';
import type { EntryInvalidation, Intent, Tag } from './invalidation.js';
import type { Serializer, ValueSchema } from './schema.js';

/** The bounds of a space's tier within the process. */
export interface L1Limits {
  /** Entries, at most; > 0. */
  readonly maxEntries: number;
  /** Bytes of their stored form, at most; > 0. */
  readonly maxBytes: number;
  /**
   * How long after it resolved an invalidation by another process may still go unnoticed, in milliseconds, >= 250;
   * 1,000 unless given. A tier that cannot vouch for it, because it is cut off, switches itself off.
   */
  readonly maxStalenessMs?: number;
}

/** What {@link defineSpace} takes. */
export interface SpaceDefinition<Value> {
  /** The service that owns the data, a lower-case name such as `catalog_service`. */
  readonly service: string;
  /** What is cached, a lower-case name such as `product`; not `tag` and not `generation`. */
  readonly entity: string;
  /** Checks what comes out of the store; a mismatch is a miss. */
  readonly value: ValueSchema<Value>;
  /** The row's version: a positive safe integer that rises with each change. Absent for derived values such as lists. */
  readonly version?: (value: Value) => number;
  /** How long a value may stay, in milliseconds, > 0; each entry gets up to a tenth less, so that they do not expire together. */
  readonly ttlMs: number;
  /** How long one value may stay, in milliseconds, in place of `ttlMs`; what is not above 0 and below `ttlMs` counts as `ttlMs`. */
  readonly ttlMsOf?: (value: Value) => number;
  /** How long "there is no such thing" may stay, in milliseconds, > 0; `ttlMs` unless given. */
  readonly negativeTtlMs?: number;
  /** How long past its TTL a value is served while it is loaded anew in the background, in milliseconds; 0 unless given. */
  readonly staleMs?: number;
  /** How long past its TTL a value is served when its load fails or is slow, in milliseconds; 0 unless given. Never after an invalidation. */
  readonly graceMs?: number;
  /** The last share of the TTL in which a read starts a load in the background, from 0 to 0.9; 0 unless given. */
  readonly earlyRefresh?: number;
  /** How long a load may keep a read that has a stale value at hand, in milliseconds, > 0; without limit unless given. The load goes on. */
  readonly softTimeoutMs?: number;
  /** How long after a failed load the next one of that id begins at the earliest, in milliseconds; 100 unless given. Its readers wait and share it. */
  readonly errorBackoffMs?: number;
  /** Raised when the form of the value changes: another version has other keys, so that two releases share a store. 1 unless given. */
  readonly schemaVersion?: number;
  /** Other schema versions that running releases read: invalidations reach their keys too. */
  readonly alsoInvalidates?: readonly number[];
  /** A larger value is returned but not stored; 1 MiB unless given. */
  readonly maxValueBytes?: number;
  /** JSON unless given. */
  readonly serializer?: Serializer;
  /** Values of more bytes are stored compressed; none unless given. */
  readonly compressAboveBytes?: number;
  /** What every read promises; `acknowledged` unless given, with an `l1` `eventual`. An `l1` goes with `eventual` and with a bound. */
  readonly freshness?: Freshness;
  /** Keeps hot entries within the process as well. */
  readonly l1?: L1Limits;
}

/** One kind of cached value: where its entries are and how long they live. */
export interface Space<Value> extends Required<Omit<SpaceDefinition<Value>, 'version' | 'ttlMsOf' | 'l1'>> {
  readonly version: ((value: Value) => number) | null;
  readonly ttlMsOf: ((value: Value) => number) | null;
  readonly l1: Required<L1Limits> | null;
  /** What follows from `freshness` for a value that is cached. */
  readonly demand: Demand;
  /** `service:entity`, the name in events. */
  readonly name: string;
  /** The tag of all entries: retiring it makes all of them unservable. */
  readonly generation: Tag;
  /** What every key begins with. */
  readonly prefix: string;
  /** The key of `id`. @throws {TypeError} if `id` is empty */
  readonly key: (id: string) => string;
  /**
   * The invalidations of `id` by a change that gave its row `version`: one for each schema version.
   * @throws {TypeError} for a version where the space has none; @throws {RangeError} for what is no version
   */
  readonly entries: (id: string, version?: number) => EntryInvalidation[];
  /** The intents of a strict write of `id` by a transaction of the database; see `Cache.intend`. @throws {TypeError} if the space is not `strict`, or the transaction no number in digits */
  readonly intents: (id: string, transaction: string) => Intent[];
}
