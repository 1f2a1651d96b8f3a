import { ownerOf, type StoredSession } from './memory-session.js';
import type { SessionPolicy } from './policy.js';
import type { RecordCheck } from './records.js';

/** What a secret is worth to a session in this process, by the rules of `check.lua`. */
export class MemorySecrets {
  constructor(
    private readonly now: () => number,
    private readonly policy: SessionPolicy,
  ) {}

  /** Records the use, and renews the secret if it is due and another is offered. A session that was `replayed` is the caller's to end. */
  judge(session: StoredSession, proofHash: string, offered: string | null): RecordCheck {
    const { previous, earlier, id, accountId } = session;
    if (session.proof === proofHash) return this.use(session, offered, true);
    if (this.inGrace(earlier, proofHash)) return { state: 'superseded' };
    if (!this.inGrace(previous, proofHash)) return { state: 'replayed', id, accountId };
    return previous?.serves ? this.use(session, offered, false) : { state: 'superseded' };
  }

  /** Whether it is the valid proof, or the one before in its grace. */
  serves({ proof, previous }: StoredSession, proofHash: string): boolean {
    return proof === proofHash || (previous?.serves === true && this.inGrace(previous, proofHash));
  }

  /** `serves`: whether the old proof is still taken while its grace lasts, or only not for a thief's. */
  replace(session: StoredSession, proof: string, { serves }: { serves: boolean }): void {
    const { previous } = session;
    if (!serves && previous && this.now() < previous.until) session.earlier = previous;
    session.previous = { proof: session.proof, until: this.now() + this.policy.graceMs, serves };
    session.proof = proof;
    session.issuedAt = this.now();
  }

  private inGrace(old: { readonly proof: string; readonly until: number } | null, proofHash: string): boolean {
    return old?.proof === proofHash && this.now() < old.until;
  }

  private use(session: StoredSession, offered: string | null, current: boolean): RecordCheck {
    const due = current && this.now() - session.issuedAt >= this.policy.renewMs;
    const touched = this.touch(session);
    const renewed = due && offered !== null;
    if (renewed) this.replace(session, offered, { serves: true });
    const checkedAt = this.now();
    const verificationDue = checkedAt - session.verifiedAt >= this.policy.touchMs;
    const outcome = { touched, verificationDue, renewalDue: due && !renewed, renewed };
    return { state: 'live', facts: { ...ownerOf(session), checkedAt, ...outcome } };
  }

  private touch(session: StoredSession): boolean {
    const now = this.now();
    if (session.sealedFor !== null || now - session.seenAt < this.policy.touchMs) return false;
    session.seenAt = now;
    session.expiresAt = Math.min(now + this.policy.idleMs, session.createdAt + this.policy.absoluteMs);
    return true;
  }
}
