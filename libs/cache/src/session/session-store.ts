import { randomUUID } from 'node:crypto';
import { requireFit, requireLine } from './limits.js';
import { asLive, holderOf, type LiveSession, type SessionCheck } from './live-session.js';
import { SESSION_POLICY, type SessionPolicy } from './policy.js';
import type {
  CartChange,
  CartLine,
  EndedSession,
  IndexEntry,
  SessionOwner,
  SessionRecords,
  SessionSummary,
} from './records.js';
import { digestSecret, randomSecret, renewSecret } from './secret.js';
import { oldestBeyond, surveySessions } from './session-survey.js';

/** A session that has just begun; `secret` is told nowhere else. */
export interface OpenedSession {
  readonly id: string;
  readonly secret: string;
  readonly sessionHash: string;
}

/** An account that has just proved who it is. */
export interface SignIn extends SessionOwner {
  readonly accountId: string;
  readonly device: string;
}

type Owner = SessionOwner & { readonly device: string };

export type CartOutcome =
  { readonly outcome: 'written'; readonly lines: CartLine[] } | { readonly outcome: 'full' | 'gone' };

/**
 * Sessions and carts by their rules, over any {@link SessionRecords}. What takes several steps is ordered so that a crash
 * between two of them loses no cart line, leaves no session outside its account's index, and is mended by a retry.
 *
 * @throws {SessionStoreUnavailable} from every method that reaches the store
 */
export class SessionStore {
  constructor(
    private readonly records: SessionRecords,
    private readonly policy: SessionPolicy = SESSION_POLICY,
  ) {}

  /** Finds the session of a secret in one round trip, in two when it has to write or the secret is not the valid one. With `renew` a secret that is due is renewed, after that. */
  async check(secret: string | null, { renew }: { renew: boolean }): Promise<SessionCheck> {
    const digest = digestSecret(secret);
    if (digest === null) return { state: 'none' };
    const { sessionHash, proofHash } = digest;
    const found = await this.records.check(sessionHash, proofHash, null);
    const next = renew && found.state === 'live' && found.facts.renewalDue ? renewSecret(digest) : null;
    const result = next ? await this.records.check(sessionHash, proofHash, next.proofHash) : found;
    if (result.state === 'live') return asLive(result.facts, sessionHash, next);
    if (result.state === 'replayed') await this.delist(result, sessionHash);
    return result;
  }

  /** Begins an anonymous session with the first line of its cart. @throws {SessionTooLarge} @throws {RangeError} as for a change */
  async startAnonymous(device: string, line: CartLine): Promise<OpenedSession> {
    requireLine({ verb: 'set', ...line }, this.policy);
    return this.open({ accountId: null, roles: [], generation: 0, device }, line, null);
  }

  /**
   * Begins a session of an account, in place of the one behind `secret`: an anonymous one gives its cart to the account,
   * any other just ends. For a moment its secret is `superseded`. The account's oldest sessions beyond the limit end.
   *
   * @throws {SessionTooLarge}
   */
  async signIn(secret: string | null, account: SignIn): Promise<OpenedSession> {
    requireFit(account, this.policy);
    const replaced = await this.check(secret, { renew: false });
    if (replaced.state === 'live' && replaced.session.accountId === null) {
      await this.mergeCart(replaced.session.sessionHash, account.accountId);
    }
    return this.open(account, null, replaced.state === 'live' ? replaced.session : null);
  }

  /** Records that a checked session's generation has been compared with its account's, so that it is not due for a while. */
  async recordVerified({ sessionHash, checkedAt }: LiveSession): Promise<void> {
    await this.records.recordVerified(sessionHash, checkedAt);
  }

  /** Replaces the secret after its owner has given the password again; `null` if `secret` is not valid any more, or misses a generation. */
  async rotate(secret: string | null, generation: number | null): Promise<string | null> {
    const digest = digestSecret(secret);
    if (digest === null) return null;
    const next = renewSecret(digest);
    const { sessionHash, proofHash } = digest;
    const rotation = { proofHash, freshProofHash: next.proofHash, generation };
    return (await this.records.rotate(sessionHash, rotation)) ? next.secret : null;
  }

  /** Ends the session behind a secret, a replaced one too; `null` if there is none. */
  async end(secret: string | null): Promise<EndedSession | null> {
    const digest = digestSecret(secret);
    return digest === null ? null : this.endSession(digest);
  }

  /** Ends a session that is known by its hash. */
  async endSession({ sessionHash }: { readonly sessionHash: string }): Promise<EndedSession | null> {
    const ended = await this.records.end(sessionHash);
    if (ended) await this.delist(ended, sessionHash);
    return ended;
  }

  /** The account's living sessions, oldest first. */
  async list(accountId: string): Promise<SessionSummary[]> {
    return (await surveySessions(this.records, accountId)).flatMap(({ summary }) => summary ?? []);
  }

  /**
   * Ends those of an account's sessions that `ends` names by public id; the others take over `generation`, unless an earlier
   * revocation did not spare them, so that a check of generations does. Answers the ids of those that it found alive and ended.
   */
  async endSome(accountId: string, generation: number, ends: (id: string) => boolean): Promise<string[]> {
    const entries = await this.records.listed(accountId);
    const step = async (entry: IndexEntry) => {
      if (!ends(entry.id)) return this.records.adoptGeneration(entry.sessionHash, generation);
      const ended = await this.records.end(entry.sessionHash);
      await this.records.delist(accountId, [entry]);
      return ended?.id;
    };
    const ended = await Promise.all(entries.map(step));
    return ended.filter((id) => typeof id === 'string');
  }

  /** The lines of a session's cart: its account's, or its own while it is anonymous. */
  async readCart(session: LiveSession): Promise<CartLine[]> {
    return this.records.readCart(holderOf(session));
  }

  /** Changes a session's cart. `gone`: it has ended meanwhile, and nothing was created. @throws {SessionTooLarge} @throws {RangeError} for no positive quantity */
  async changeCart(session: LiveSession, change: CartChange): Promise<CartOutcome> {
    requireLine(change, this.policy);
    const result = await this.records.writeCart(holderOf(session), change);
    if (result.outcome !== 'sealed') return result;
    await this.mergeCart(session.sessionHash, result.accountId); // a sign-in under way, or one that died: finish it
    return { outcome: 'gone' };
  }

  /** Three steps, each harmless to repeat: seal and read, merge under the session's own id, supersede. */
  private async mergeCart(sessionHash: string, accountId: string): Promise<void> {
    const sealed = await this.records.seal(sessionHash, accountId);
    if (!sealed) return;
    if (sealed.lines.length > 0) await this.records.merge(sealed.accountId, sessionHash, sealed.lines);
    await this.records.supersede(sessionHash);
  }

  /** Ends `replaced` before it looks for sessions beyond the limit, so that no other has to go for it. */
  private async open(owner: Owner, line: CartLine | null, replaced: LiveSession | null): Promise<OpenedSession> {
    requireFit(owner, this.policy);
    const [id, secret] = [randomUUID(), randomSecret()];
    const { sessionHash } = digestSecret(secret) as { sessionHash: string };
    const capped = line && { ...line, quantity: Math.min(line.quantity, this.policy.maxQuantity) };
    const { accountId } = owner;
    const crowded = accountId !== null && (await this.records.enlist(accountId, { id, sessionHash })).length > 0;
    await this.records.create(sessionHash, { ...owner, id, line: capped });
    if (replaced) await this.supersede(replaced); // an anonymous one is over already
    if (crowded) await this.endOldest(accountId);
    return { id, secret, sessionHash };
  }

  private async supersede({ sessionHash }: LiveSession): Promise<void> {
    const ended = await this.records.supersede(sessionHash);
    if (ended) await this.delist(ended, sessionHash);
  }

  /** Ends an account's oldest sessions beyond the limit; those that have expired do not count. */
  private async endOldest(accountId: string): Promise<void> {
    const surplus = oldestBeyond(this.policy.maxSessions, await surveySessions(this.records, accountId));
    await Promise.all(surplus.map((entry) => this.endSession(entry)));
    await this.records.delist(accountId, surplus);
  }

  private async delist({ id, accountId }: EndedSession, sessionHash: string): Promise<void> {
    if (accountId !== null) await this.records.delist(accountId, [{ id, sessionHash }]);
  }
}
