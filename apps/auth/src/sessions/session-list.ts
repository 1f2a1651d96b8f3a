import { Injectable } from '@nestjs/common';
import type { SessionView } from '@larder/contracts';
import { SessionStore } from '@larder/cache/session';
import { Generations } from './generations.js';
import { ReauthenticationRequired, SessionNotFound, SessionRequired } from './session-errors.js';
import { SessionGate, type CookieOrder, type SignedInSession } from './session-gate.js';
import { SessionMetrics } from './session-metrics.js';

/** Sensitive actions need a password given within this time. */
const SENSITIVE_MS = 10 * 60_000;

type Output<More> = More & CookieOrder;

/** An account's sessions, as their owner sees and ends them. */
@Injectable()
export class SessionList {
  constructor(
    private readonly gate: SessionGate,
    private readonly store: SessionStore,
    private readonly generations: Generations,
    private readonly metrics: SessionMetrics,
  ) {}

  /** @throws {SessionRequired} */
  async list(secret: string | null): Promise<Output<{ items: SessionView[] }>> {
    const session = await this.gate.enterSignedIn(secret);
    const items = (await this.store.list(session.accountId)).map(({ id, device, createdAt, lastSeenAt }) => ({
      id,
      device,
      createdAt: new Date(createdAt).toISOString(),
      lastSeenAt: new Date(lastSeenAt).toISOString(),
      current: id === session.id,
    }));
    return { items, ...(await this.gate.leave(secret, session)) };
  }

  /** Ends one session; another than this one only as {@link revokeMany} does. @throws {SessionNotFound} */
  async revoke(secret: string | null, id: string): Promise<CookieOrder> {
    const session = await this.gate.enterVerified(secret);
    if (id !== session.id) requireRecentPassword(session);
    const known = await this.store.list(session.accountId);
    if (!known.some((other) => other.id === id)) throw new SessionNotFound(id);
    await this.end(session, (other) => other === id);
    return this.leave(secret, session, id === session.id);
  }

  /** Ends the other sessions; with `includeCurrent` this one too. @throws {SessionRequired} @throws {ReauthenticationRequired} */
  async revokeMany(secret: string | null, includeCurrent: boolean): Promise<CookieOrder> {
    const session = await this.gate.enterVerified(secret);
    requireRecentPassword(session);
    await this.end(session, (other) => includeCurrent || other !== session.id);
    return this.leave(secret, session, includeCurrent);
  }

  /** The generation rises first, so that sessions which a failing step leaves behind end at their next check. */
  private async end({ accountId }: SignedInSession, ends: (id: string) => boolean): Promise<void> {
    const generation = await this.generations.raise(accountId);
    if (generation === null) throw new SessionRequired();
    const ended = await this.store.endSome(accountId, generation, ends);
    this.metrics.count('revoked', ended.length);
  }

  private async leave(secret: string | null, session: SignedInSession, ended: boolean): Promise<CookieOrder> {
    return ended ? { cookie: { secret: null } } : this.gate.leave(secret, session);
  }
}

function requireRecentPassword({ checkedAt, signedInAt }: SignedInSession): void {
  if (checkedAt - signedInAt > SENSITIVE_MS) throw new ReauthenticationRequired();
}
