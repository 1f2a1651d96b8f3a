import { inOrder } from './cart-lines.js';
import { MemoryCarts } from './memory-carts.js';
import { MemoryIndex } from './memory-index.js';
import { MemorySecrets } from './memory-secrets.js';
import type { StoredSession } from './memory-session.js';
import { SESSION_POLICY, type SessionPolicy } from './policy.js';
import type {
  CartChange,
  CartLine,
  CartOwner,
  CartWrite,
  EndedSession,
  IndexEntry,
  NewSession,
  RecordCheck,
  Rotation,
  SessionRecords,
  SessionSummary,
  StoredPreferences,
  StoredPreferencesWrite,
} from './records.js';
import { NO_PROOF } from './secret.js';
import { spare } from './spared.js';
import { withVersions, type Versions } from './versions.js';

type Member = Omit<IndexEntry, 'enlistedAt'>;

/** Expired sessions are looked for once in so many creations. */
const SWEEP_EVERY = 256;

/** {@link SessionRecords} in this process, for a start without Redis. `now` is ms since the epoch. */
export class MemorySessionRecords implements SessionRecords {
  private readonly sessions = new Map<string, StoredSession>();
  /** Until when. */
  private readonly superseded = new Map<string, number>();
  private readonly index: MemoryIndex;
  private readonly carts: MemoryCarts;
  private readonly secrets: MemorySecrets;
  private creations = 0;

  constructor(
    private readonly now: () => number = Date.now,
    private readonly policy: SessionPolicy = SESSION_POLICY,
  ) {
    this.carts = new MemoryCarts(now, policy);
    this.index = new MemoryIndex(now, policy);
    this.secrets = new MemorySecrets(now, policy);
  }

  /** How many sessions are kept, with expired ones that nobody has looked for yet. */
  get size(): number {
    return this.sessions.size;
  }

  create(sessionHash: string, session: NewSession): Promise<boolean> {
    if (++this.creations % SWEEP_EVERY === 0) this.sweep();
    if (this.living(sessionHash) || this.isSuperseded(sessionHash)) return Promise.resolve(false);
    const now = this.now();
    const marks = { createdAt: now, seenAt: now, issuedAt: now, signedInAt: now, verifiedAt: now };
    const times = { ...marks, expiresAt: now + this.policy.idleMs };
    const cart = new Map(session.line ? [[session.line.productId, session.line.quantity]] : []);
    const secret = { proof: NO_PROOF, previous: null, earlier: null, sealedFor: null, spared: [] };
    const kept = { versions: {}, preferences: { version: 0, text: '' }, cart };
    this.sessions.set(sessionHash, { ...session, ...times, ...secret, ...kept });
    return Promise.resolve(true);
  }

  check(sessionHash: string, proofHash: string, offeredProofHash: string | null): Promise<RecordCheck> {
    const session = this.living(sessionHash);
    if (!session) return Promise.resolve({ state: this.isSuperseded(sessionHash) ? 'superseded' : 'none' });
    const result = this.secrets.judge(session, proofHash, offeredProofHash);
    if (result.state === 'replayed') this.sessions.delete(sessionHash);
    return Promise.resolve(result);
  }

  rotate(sessionHash: string, { proofHash, freshProofHash, generation }: Rotation): Promise<boolean> {
    const session = this.living(sessionHash);
    if (!session || !this.secrets.serves(session, proofHash)) return Promise.resolve(false);
    if (generation !== null && session.generation !== generation - 1) return Promise.resolve(false);
    this.secrets.replace(session, freshProofHash, { serves: false });
    session.signedInAt = this.now();
    session.generation = generation ?? session.generation;
    return Promise.resolve(true);
  }

  recordVerified(sessionHash: string, checkedAt: number): Promise<void> {
    const session = this.living(sessionHash);
    if (session && checkedAt - session.verifiedAt >= this.policy.touchMs) session.verifiedAt = checkedAt;
    return Promise.resolve();
  }

  adoptGeneration(sessionHash: string, generation: number): Promise<void> {
    const session = this.living(sessionHash);
    if (session) Object.assign(session, spare(session, generation));
    return Promise.resolve();
  }

  recall(sessionHashes: readonly string[]): Promise<Versions[]> {
    return Promise.resolve(sessionHashes.map((hash) => this.living(hash)?.versions ?? {}));
  }

  remember(sessionHash: string, versions: Versions): Promise<void> {
    const session = this.living(sessionHash);
    if (session) session.versions = withVersions(session.versions, versions, this.policy);
    return Promise.resolve();
  }

  readPreferences(sessionHash: string): Promise<StoredPreferences | null> {
    return Promise.resolve(this.living(sessionHash)?.preferences ?? null);
  }

  changePreferences(sessionHash: string, expectedVersion: number, text: string): Promise<StoredPreferencesWrite> {
    const session = this.living(sessionHash);
    if (!session) return Promise.resolve({ outcome: 'gone' });
    const { preferences } = session;
    if (preferences.version !== expectedVersion) return Promise.resolve({ outcome: 'conflict', ...preferences });
    session.preferences = { version: expectedVersion + 1, text };
    return Promise.resolve({ outcome: 'written', version: expectedVersion + 1 });
  }

  end(sessionHash: string): Promise<EndedSession | null> {
    const session = this.living(sessionHash);
    this.sessions.delete(sessionHash);
    this.superseded.delete(sessionHash);
    return Promise.resolve(session ? { id: session.id, accountId: session.accountId } : null);
  }

  supersede(sessionHash: string): Promise<EndedSession | null> {
    if (!this.living(sessionHash)) return Promise.resolve(null);
    const ended = this.end(sessionHash);
    this.superseded.set(sessionHash, this.now() + this.policy.graceMs);
    return ended;
  }

  describe(sessionHashes: readonly string[]): Promise<(SessionSummary | null)[]> {
    const summary = (hash: string) => {
      const session = this.living(hash);
      if (!session) return null;
      return { id: session.id, device: session.device, createdAt: session.createdAt, lastSeenAt: session.seenAt };
    };
    return Promise.resolve(sessionHashes.map(summary));
  }

  enlist(accountId: string, entry: Member): Promise<IndexEntry[]> {
    return Promise.resolve(this.index.enlist(accountId, entry));
  }

  listed(accountId: string): Promise<IndexEntry[]> {
    return Promise.resolve(this.index.listed(accountId));
  }

  delist(accountId: string, entries: readonly Member[]): Promise<void> {
    this.index.delist(accountId, entries);
    return Promise.resolve();
  }

  readCart(owner: CartOwner): Promise<CartLine[]> {
    if ('accountId' in owner) return Promise.resolve(this.carts.read(owner.accountId));
    return Promise.resolve(linesOf(this.living(owner.sessionHash)?.cart));
  }

  writeCart(owner: CartOwner, change: CartChange): Promise<CartWrite> {
    if ('accountId' in owner) return Promise.resolve(this.carts.write(owner.accountId, change));
    const session = this.living(owner.sessionHash);
    if (session?.accountId !== null) return Promise.resolve({ outcome: 'gone' });
    if (session.sealedFor !== null) return Promise.resolve({ outcome: 'sealed', accountId: session.sealedFor });
    return Promise.resolve(this.carts.change(session.cart, change));
  }

  seal(sessionHash: string, accountId: string): Promise<{ accountId: string; lines: CartLine[] } | null> {
    const session = this.living(sessionHash);
    if (session?.accountId !== null) return Promise.resolve(null);
    session.sealedFor ??= accountId;
    return Promise.resolve({ accountId: session.sealedFor, lines: linesOf(session.cart) });
  }

  merge(accountId: string, mergeId: string, lines: readonly CartLine[]): Promise<CartLine[]> {
    return Promise.resolve(this.carts.merge(accountId, mergeId, lines));
  }

  private living(sessionHash: string): StoredSession | null {
    const session = this.sessions.get(sessionHash);
    return session && session.expiresAt > this.now() ? session : null;
  }

  private isSuperseded(sessionHash: string): boolean {
    return this.now() < (this.superseded.get(sessionHash) ?? 0);
  }

  private sweep(): void {
    for (const hash of this.superseded.keys()) if (!this.isSuperseded(hash)) this.superseded.delete(hash);
    for (const hash of this.sessions.keys()) if (!this.living(hash)) this.sessions.delete(hash);
    this.index.sweep();
    this.carts.sweep();
  }
}

function linesOf(cart: ReadonlyMap<string, number> | undefined): CartLine[] {
  return inOrder([...(cart ?? [])].map(([productId, quantity]) => ({ productId, quantity })));
}
