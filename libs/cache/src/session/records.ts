import type { Versions } from './versions.js';

/** One product in a cart. `quantity` is 1 to 99. */
export interface CartLine {
  readonly productId: string;
  readonly quantity: number;
}

/**
 * `add` adds to a line, at most to the limit; `take` takes from one, which goes when nothing is left of it, and makes none;
 * `set` replaces its quantity.
 */
export type CartChange =
  | ({ readonly verb: 'add' | 'take' | 'set' } & CartLine)
  | { readonly verb: 'remove'; readonly productId: string }
  | { readonly verb: 'clear' };

/** Whose cart: an anonymous session's, or an account's. */
export type CartOwner = { readonly sessionHash: string } | { readonly accountId: string };

/**
 * `full`: another line does not fit, by their number or their size. `gone`: no such anonymous session. `sealed`: the
 * session's cart is on its way into this account's.
 */
export type CartWrite =
  | { readonly outcome: 'written'; readonly lines: CartLine[] }
  | { readonly outcome: 'full' | 'gone' }
  | { readonly outcome: 'sealed'; readonly accountId: string };

/** Who a new session belongs to; `accountId` `null` and no roles for an anonymous one. */
export interface SessionOwner {
  readonly accountId: string | null;
  readonly roles: readonly string[];
  /** The account's session generation when it signed in; 0 for an anonymous session. */
  readonly generation: number;
}

/** What a session is created from. `id` is its public id; `device` is free text for its owner. */
export interface NewSession extends SessionOwner {
  readonly id: string;
  readonly device: string;
  /** The line that starts an anonymous cart. */
  readonly line: CartLine | null;
}

/** A session as a check found it. Times are ms since the epoch by the store's clock. */
export interface SessionFacts extends SessionOwner {
  readonly id: string;
  readonly createdAt: number;
  /** When the account's password was last given in this session. */
  readonly signedInAt: number;
  /** The store's time of this check. */
  readonly checkedAt: number;
  /** The account that the anonymous cart is being merged into. */
  readonly sealedFor: string | null;
  /** What the session's own changes made, as far as it was remembered. */
  readonly versions: Versions;
  /** This check recorded the use; so at most one check in {@link SessionPolicy.touchMs} says so. */
  readonly touched: boolean;
  /** The generation was last recorded as compared {@link SessionPolicy.touchMs} ago or longer; every check says so until it is. */
  readonly verificationDue: boolean;
  /** The secret is old enough to be renewed, and was not. */
  readonly renewalDue: boolean;
  /** This check made the offered proof the valid one. */
  readonly renewed: boolean;
}

/**
 * `superseded`: the secret or its session was replaced on purpose a moment ago; it is refused, but a request under way is no
 * thief's, and no stranger's.
 * `replayed`: the secret was replaced and its grace is over, so somebody has a copy; the session is ended already.
 */
export type RecordCheck =
  | { readonly state: 'live'; readonly facts: SessionFacts }
  | { readonly state: 'none' | 'superseded' }
  | ({ readonly state: 'replayed' } & EndedSession);

export interface EndedSession {
  readonly id: string;
  readonly accountId: string | null;
}

/** What an account's owner may see of a session. */
export interface SessionSummary {
  readonly id: string;
  readonly device: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
}

/** An account's session in the account's index. `enlistedAt` is ms since the epoch by the store's clock. */
export interface IndexEntry {
  readonly id: string;
  readonly sessionHash: string;
  readonly enlistedAt: number;
}

/** A session's preferences as they are kept: JSON, `''` for none yet. The version is 0 before their first change. */
export interface StoredPreferences {
  readonly version: number;
  readonly text: string;
}

/** `conflict`: they are not at the expected version, but these. `gone`: there is no such session. */
export type StoredPreferencesWrite =
  | { readonly outcome: 'written'; readonly version: number }
  | ({ readonly outcome: 'conflict' } & StoredPreferences)
  | { readonly outcome: 'gone' };

/** A replacement of a secret by one that has just been handed out. */
export interface Rotation {
  readonly proofHash: string;
  readonly freshProofHash: string;
  /** The account's new session generation, which only a session of the one before takes over; `null` leaves it. */
  readonly generation: number | null;
}

/**
 * Where sessions and account carts are kept. Each method is one atomic step on one key (`describe` reads several), is
 * safe to run late or twice, and changes nothing if the session it is about does not exist; only `create`, `enlist`,
 * `merge` and the cart writes of an account create anything.
 *
 * @throws {SessionStoreUnavailable} from every method
 */
export interface SessionRecords {
  /** `false` if there is a session of this hash already. */
  create(sessionHash: string, session: NewSession): Promise<boolean>;
  /** `offeredProofHash` becomes the valid proof if the secret is due; `null` offers none. */
  check(sessionHash: string, proofHash: string, offeredProofHash: string | null): Promise<RecordCheck>;
  /** Replaces the valid proof, named by itself or by the one before in its grace, and counts as giving the password; `false` if `proofHash` is neither, or the generation does not follow. No grace for the old one. */
  rotate(sessionHash: string, rotation: Rotation): Promise<boolean>;
  /** Records that the generation was compared after `checkedAt`, a check's time by the store's clock, at most once in {@link SessionPolicy.touchMs}; never lowers it. */
  recordVerified(sessionHash: string, checkedAt: number): Promise<void>;
  /**
   * Tells a session that the revocation behind `generation` spares it. It takes over the generations that follow its own
   * without a gap, in whatever order it hears of them: with a gap it missed a revocation, and is over.
   */
  adoptGeneration(sessionHash: string, generation: number): Promise<void>;
  /** What {@link SessionRecords.remember} keeps, in the order of the hashes, of which there is one at least; nothing without such a session. */
  recall(sessionHashes: readonly string[]): Promise<Versions[]>;
  /** Keeps the highest version of each name; of more than fit the names added last. */
  remember(sessionHash: string, versions: Versions): Promise<void>;
  /** `null` if there is no such session. */
  readPreferences(sessionHash: string): Promise<StoredPreferences | null>;
  /** Replaces the preferences by `text` and raises their version by one, if they are at `expectedVersion`. */
  changePreferences(sessionHash: string, expectedVersion: number, text: string): Promise<StoredPreferencesWrite>;
  /** `null` if there was no such session. */
  end(sessionHash: string): Promise<EndedSession | null>;
  /** Ends a session that a sign-in replaces: for {@link SessionPolicy.graceMs} a check finds it `superseded`. `null` if there was none. */
  supersede(sessionHash: string): Promise<EndedSession | null>;
  /** In the order of the hashes; `null` where there is no session. */
  describe(sessionHashes: readonly string[]): Promise<(SessionSummary | null)[]>;
  /** Adds to the account's index. Answers the oldest entries beyond the limit, which stay until they are delisted. */
  enlist(accountId: string, entry: Omit<IndexEntry, 'enlistedAt'>): Promise<IndexEntry[]>;
  /** The account's index, oldest first. It holds every living session of the account, and may hold ended ones. */
  listed(accountId: string): Promise<IndexEntry[]>;
  delist(accountId: string, entries: readonly Omit<IndexEntry, 'enlistedAt'>[]): Promise<void>;
  /** Ordered by product id; empty for a session that does not exist. */
  readCart(owner: CartOwner): Promise<CartLine[]>;
  writeCart(owner: CartOwner, change: CartChange): Promise<CartWrite>;
  /** Stops writes to an anonymous cart for good and answers what it holds, and the account that sealed it first. */
  seal(sessionHash: string, accountId: string): Promise<{ accountId: string; lines: CartLine[] } | null>;
  /** Adds lines to an account's cart, up to its limits, once per `mergeId`. */
  merge(accountId: string, mergeId: string, lines: readonly CartLine[]): Promise<CartLine[]>;
}
