import { Injectable, Logger } from '@nestjs/common';
import { SessionStore } from '@larder/cache/session';
import type { Account } from '@larder/contracts';
import { SessionRequired } from '../sessions/session-errors.js';
import { SessionGate, type CookieOrder } from '../sessions/session-gate.js';
import { Credentials } from './credentials.js';
import { viewOf } from './domain/account-repository.js';

/** Both passwords, and the session that they are given in. */
export interface PasswordChangeRequest {
  readonly secret: string | null;
  readonly currentPassword: string;
  readonly newPassword: string;
}

type Confirmed = { readonly account: Account } & CookieOrder;

/** What an account's owner does with the password in a session. */
@Injectable()
export class SessionPasswords {
  private readonly logger = new Logger('Accounts');

  constructor(
    private readonly gate: SessionGate,
    private readonly credentials: Credentials,
    private readonly store: SessionStore,
  ) {}

  /**
   * Gives the password again, which changes the session's secret.
   *
   * @throws {SessionRequired} @throws {CredentialsRefused} @throws {TooManyAttempts}
   */
  async confirm(secret: string | null, password: string): Promise<Confirmed> {
    const session = await this.gate.enterVerified(secret);
    const account = await this.credentials.verifyOwner(session, password);
    await this.credentials.renewHash(account, password);
    const fresh = await this.store.rotate(secret, null);
    if (fresh === null) throw new SessionRequired();
    return { account: viewOf(account), cookie: { secret: fresh } };
  }

  /**
   * Changes the password and the session's secret, and ends the account's other sessions. The new generation is
   * committed with the password, so that a session which a failing step leaves behind ends at its next check.
   *
   * @throws {SessionRequired} @throws {CredentialsRefused} @throws {PasswordRefused} @throws {TooManyAttempts}
   */
  async change({ secret, currentPassword, newPassword }: PasswordChangeRequest): Promise<CookieOrder> {
    const session = await this.gate.enterVerified(secret);
    const account = await this.credentials.verifyOwner(session, currentPassword);
    const generation = await this.credentials.replace(account, newPassword);
    const fresh = await this.store.rotate(secret, generation);
    await this.endOthers(account.id, generation, fresh === null ? null : session.id);
    return { cookie: { secret: fresh } };
  }

  /** The generation is committed, which ends them at their next check: the fresh secret must not be lost for a failure here. */
  private async endOthers(accountId: string, generation: number, kept: string | null): Promise<void> {
    try {
      await this.store.endSome(accountId, generation, (other) => other !== kept);
    } catch (error) {
      this.logger.warn({ message: 'sessions end later than the password changed', accountId, err: error });
    }
  }
}
