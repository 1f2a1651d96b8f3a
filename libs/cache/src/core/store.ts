import type { Link, LinkAnswer } from './chain-steps.js';
import type { EntryInvalidation, Intent, Invalidation, Tag } from './invalidation.js';
import type { Entry, IntentEntry, ValueEntry } from './record.js';
import type { FillAnswer, FillRequest, LeaseAnswer, LeaseRequest, PutRequest } from './steps.js';

/** What a look at one key finds: a value, a strict write in flight, or nothing that can be served. */
export type Found = ValueEntry | IntentEntry | { readonly state: 'absent' };

/**
 * What one round trip finds, in the order asked. A tag that does not exist is `null`; `undefined`: it may have been retired
 * without the store knowing of it yet, so nothing is to be read or filled under it now.
 */
export interface Look {
  readonly entries: readonly Found[];
  readonly tags: readonly (string | null | undefined)[];
  /**
   * For each service that was asked about its certificate: everything that was committed before this instant of the store's
   * clock, in milliseconds, is applied to the entries and tags of this look. `null`: nobody can tell.
   */
  readonly certificates: readonly (number | null)[];
}

/** A batch of a chain as a store applies it, whole or not at all. `asOfMs`: the certificate that follows; `null` leaves it as it is. */
export interface StoreBatch extends Link, Invalidation {
  readonly asOfMs: number | null;
}

/** All that a store knows of one key. `ttlMs` `null`: it is absent, or stays until told otherwise. `nowMs`: the store's time. */
export interface Inspection {
  readonly entry: Entry | null;
  readonly ttlMs: number | null;
  readonly nowMs: number;
}

/** Told what a process hears of the invalidations of one service, its own among them, in the order of their application. */
export interface FeedListener {
  /** `key` was invalidated, expired or replaced; or the tag of that name was retired. */
  readonly heard: (key: string) => void;
  /** Everything that was committed before `asOfMs`, an instant of the store's clock, is applied, and has been heard. */
  readonly certified: (asOfMs: number) => void;
  /** Everything that was applied before `atMs`, an instant of `performance.now()`, has been heard. */
  readonly caughtUp: (atMs: number) => void;
  /** Nothing is heard any more, until the next {@link caughtUp}. */
  readonly lost: () => void;
}

/**
 * Where entries live. Implementations pass the store contract of `@larder/cache/testing`.
 *
 * Every method but `listen` rejects when the store cannot be reached, and with a `StoreRefusal` when it could be but
 * would not do it; none retries or times out on its own account.
 * Each key's change is atomic; nothing is promised across keys.
 */
export interface Store {
  /** Entries, tags, and the certificates of `services` (none unless given), in one round trip; no certificate is newer than the entries. */
  look(keys: readonly string[], tags: readonly Tag[], services?: readonly string[]): Promise<Look>;
  /** The value of each tag, in order; a missing tag is created with a value that no tag ever had. */
  currentTags(tags: readonly Tag[]): Promise<string[]>;
  lease(key: string, request: LeaseRequest): Promise<LeaseAnswer>;
  fill(key: string, request: FillRequest): Promise<FillAnswer>;
  /** Gives a lease up; nothing happens if it is not `token`'s any more. */
  release(key: string, token: string, tombstoneMs: number): Promise<void>;
  put(key: string, request: PutRequest): Promise<FillAnswer>;
  /** Marks values as out of date, in one pipelined round trip, keeps them for `keepMs` at most, and takes the leases of loads that run. */
  expire(keys: readonly string[], keepMs: number): Promise<void>;
  /** Applies all, in one pipelined round trip; safe to repeat. Must work when the store is out of memory. */
  invalidate(entries: readonly EntryInvalidation[], tags: readonly Tag[], tombstoneMs: number): Promise<void>;
  /** Places intents, in one pipelined round trip; safe to repeat. Must work when the store is out of memory. */
  intend(intents: readonly Intent[]): Promise<void>;
  /** Ends intents of transactions that are over; safe to repeat. */
  withdraw(intents: readonly Intent[], tombstoneMs: number): Promise<void>;
  /** Applies the next batch of the chain of `service`. Must work when the store is out of memory. */
  applyBatch(service: string, batch: StoreBatch, tombstoneMs: number): Promise<LinkAnswer>;
  /**
   * Lets the chain of `service` begin anew at the number `at`, whose changes are all committed, and retires `tags`, which
   * must stand for everything that is cached, in the same step.
   */
  restartChain(service: string, at: number, tags: readonly Tag[]): Promise<void>;
  inspect(key: string): Promise<Inspection>;
  /** The store's clock in milliseconds; also how it is asked whether it answers. */
  now(): Promise<number>;
  /** Hears the invalidations of `service` from now on, reconnecting by itself, until the answer is called. Never throws. */
  listen(service: string, listener: FeedListener): () => void;
}
