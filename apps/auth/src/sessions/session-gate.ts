import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { SessionStore, type EndedSession, type LiveSession, type SessionCheck } from '@larder/cache/session';
import { Id } from '@larder/contracts';
import { Generations } from './generations.js';
import { SessionRequired } from './session-errors.js';
import { SessionMetrics } from './session-metrics.js';

/** In so many milliseconds a revocation that is committed has told the sessions that it spares; else they are taken for its own. */
const SPARED_AFTER_MS = 250;

/** The session of somebody who has signed in. */
export type SignedInSession = LiveSession & { readonly accountId: string };

/** What the gateway does with the cookie; without `cookie` it leaves it alone. */
export interface CookieOrder {
  readonly cookie?: { readonly secret: string | null };
}

/** Tells who holds a secret. Every call enters here first, and leaves here last. */
@Injectable()
export class SessionGate {
  private readonly logger = new Logger('Sessions');

  constructor(
    private readonly store: SessionStore,
    private readonly generations: Generations,
    private readonly metrics: SessionMetrics,
  ) {}

  /**
   * What the secret is worth. A minute after that was last found, it is checked too that no revocation has been forgotten; with `verify`
   * it is checked now.
   *
   * @throws {SessionStoreUnavailable} and whatever the database throws: a session that cannot be checked is refused
   */
  async look(secret: string | null, { verify = false } = {}): Promise<SessionCheck> {
    const result = await this.ask(secret);
    if (result.state !== 'live') {
      if (secret !== null) this.metrics.count(result.state);
      return result;
    }
    if (await this.isOutdated(secret, result.session, verify)) {
      await this.store.endSession(result.session);
      this.metrics.count('outdated');
      return { state: 'none' };
    }
    this.metrics.count(result.session.accountId === null ? 'anonymous' : 'live');
    return result;
  }

  /** The session behind the secret, an anonymous one too; `null` if there is none. */
  async enter(secret: string | null): Promise<LiveSession | null> {
    const result = await this.look(secret);
    return result.state === 'live' ? result.session : null;
  }

  /** @throws {SessionRequired} */
  async enterSignedIn(secret: string | null): Promise<SignedInSession> {
    return signedIn(await this.look(secret));
  }

  /** For what changes sessions: one that a revocation is over for must not act in its last minute. @throws {SessionRequired} */
  async enterVerified(secret: string | null): Promise<SignedInSession> {
    return signedIn(await this.look(secret, { verify: true }));
  }

  /**
   * Renews the secret if it is due. The last step of a call: were the call to fail after it, the new secret would be
   * lost, and the old one would soon be taken for a thief's. So it does not fail itself.
   */
  async leave(secret: string | null, session: LiveSession | null): Promise<CookieOrder> {
    if (session?.renewalDue !== true) return {};
    try {
      const result = await this.check(secret, { renew: true });
      const renewed = result.state === 'live' ? result.session.renewedSecret : null;
      return renewed === null ? {} : { cookie: { secret: renewed } };
    } catch (error) {
      this.logger.warn({ message: 'a session secret was not renewed', err: error });
      return {};
    }
  }

  /** Ends whatever session the secret belongs to, and of an account's lets no failover or restore of the session store bring it back. */
  async end(secret: string | null): Promise<void> {
    const ended = await this.store.end(secret);
    if (ended === null) return;
    this.metrics.count('signed_out');
    if (ended.accountId !== null) await this.outdate(ended.accountId);
  }

  /** Every check of the gate goes through here, so that no replay that it meets goes by without a word. */
  private async check(secret: string | null, { renew }: { renew: boolean }): Promise<SessionCheck> {
    const result = await this.store.check(secret, { renew });
    if (result.state === 'replayed') await this.noteReplay(result);
    return result;
  }

  private async noteReplay({ id, accountId }: EndedSession): Promise<void> {
    this.logger.warn({ message: 'a replaced secret came back: the session is ended', sessionId: id, accountId });
    if (accountId !== null) await this.outdate(accountId);
  }

  /** The session is over in any case: nobody is told that the database is away. */
  private async outdate(accountId: string): Promise<void> {
    try {
      const generation = await this.generations.raise(accountId);
      if (generation !== null) await this.store.endSome(accountId, generation, () => false);
    } catch (error) {
      this.logger.warn({ message: 'a failover of the session store may bring an ended session back', err: error });
    }
  }

  private async ask(secret: string | null): Promise<SessionCheck> {
    try {
      return await this.check(secret, { renew: false });
    } catch (error) {
      this.metrics.count('unavailable');
      throw error;
    }
  }

  /** Recorded only once the generation was read: while the database is away, each check is refused, not the first alone. */
  private async isOutdated(secret: string | null, session: LiveSession, verify: boolean): Promise<boolean> {
    const { accountId } = session;
    if (accountId === null) return false;
    if (!Id.safeParse(accountId).success) return true; // nobody of ours wrote that
    if (!verify && !session.verificationDue) return false;
    const current = await this.generations.current(accountId);
    if (current === null) return true;
    if (session.generation < current && !(await this.isSpared(secret, current))) return true;
    await this.store.recordVerified(session);
    return false;
  }

  /** A revocation is committed before it tells the sessions that it spares: this one may be about to hear of it. */
  private async isSpared(secret: string | null, current: number): Promise<boolean> {
    await pause(SPARED_AFTER_MS);
    const again = await this.check(secret, { renew: false });
    return again.state === 'live' && again.session.generation >= current;
  }
}

/** Whether the session is an account's. */
export function isSignedIn(session: LiveSession | null): session is SignedInSession {
  return session !== null && session.accountId !== null;
}

function signedIn(result: SessionCheck): SignedInSession {
  const session = result.state === 'live' ? result.session : null;
  if (!isSignedIn(session)) throw new SessionRequired();
  return session;
}
