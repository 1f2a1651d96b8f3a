import type { SessionPolicy } from './policy.js';
import type { IndexEntry } from './records.js';

type Member = Omit<IndexEntry, 'enlistedAt'>;

/** Which sessions belong to which account, in this process. */
export class MemoryIndex {
  private readonly accounts = new Map<string, IndexEntry[]>();

  constructor(
    private readonly now: () => number,
    private readonly policy: SessionPolicy,
  ) {}

  /** The oldest entries beyond the limit; they stay. */
  enlist(accountId: string, { id, sessionHash }: Member): IndexEntry[] {
    const entries = this.listed(accountId);
    if (!entries.some((entry) => entry.sessionHash === sessionHash)) {
      entries.push({ id, sessionHash, enlistedAt: this.now() });
    }
    this.accounts.set(accountId, entries);
    return entries.slice(0, Math.max(0, entries.length - this.policy.maxSessions));
  }

  /** Oldest first, without those that no session can outlive. */
  listed(accountId: string): IndexEntry[] {
    const oldest = this.now() - this.policy.absoluteMs;
    return (this.accounts.get(accountId) ?? []).filter(({ enlistedAt }) => enlistedAt >= oldest);
  }

  delist(accountId: string, entries: readonly Member[]): void {
    const gone = new Set(entries.map(({ sessionHash }) => sessionHash));
    const kept = this.listed(accountId).filter(({ sessionHash }) => !gone.has(sessionHash));
    if (kept.length > 0) this.accounts.set(accountId, kept);
    else this.accounts.delete(accountId);
  }

  sweep(): void {
    for (const accountId of this.accounts.keys()) this.delist(accountId, []);
  }
}
