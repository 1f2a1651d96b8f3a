import { Injectable } from '@nestjs/common';
import { SessionStore, type OpenedSession } from '@larder/cache/session';
import { AuthUnavailable } from '../failures/unavailable.js';
import { SessionGate } from '../sessions/session-gate.js';
import { SessionMetrics } from '../sessions/session-metrics.js';
import { CredentialsRefused } from './domain/account-errors.js';
import { AccountRepository, type StoredAccount } from './domain/account-repository.js';

/** How often it starts anew because sessions were revoked while it ran. */
const ATTEMPTS = 3;

/** Begins sessions for accounts that have proved who they are. */
@Injectable()
export class SessionOpening {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly gate: SessionGate,
    private readonly store: SessionStore,
    private readonly metrics: SessionMetrics,
  ) {}

  /**
   * Begins a session in place of the one behind `secret`, and answers its secret. A revocation or a change of password that
   * runs meanwhile may miss the new session, so the account is read again once it is there: whichever came second has
   * seen the other.
   *
   * @throws {CredentialsRefused} if the password was changed meanwhile
   * @throws {AuthUnavailable} if sessions were revoked at each attempt
   */
  async open(verified: StoredAccount, secret: string | null, device: string): Promise<string> {
    await this.gate.look(secret); // a replayed secret is noted, and replaces nothing
    let [account, replaced] = [verified, secret];
    for (let attempt = 1; ; attempt += 1) {
      const { id: accountId, roles, generation } = account;
      const opened = await this.store.signIn(replaced, { accountId, roles, generation, device });
      const now = await this.accountNow(accountId, opened);
      if (now?.generation === generation) {
        this.metrics.count('signed_in');
        return opened.secret;
      }
      await this.store.endSession(opened);
      if (now?.passwordHash !== verified.passwordHash) throw new CredentialsRefused();
      if (attempt === ATTEMPTS) throw new AuthUnavailable(new Error('revoked at each attempt to begin a session'));
      [account, replaced] = [now, null];
    }
  }

  /** Nobody would know the secret of a session that is left behind here. */
  private async accountNow(accountId: string, opened: OpenedSession): Promise<StoredAccount | null> {
    try {
      return await this.accounts.findById(accountId);
    } catch (error) {
      await this.store.endSession(opened);
      throw error;
    }
  }
}
