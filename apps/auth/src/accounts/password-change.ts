import { Injectable } from '@nestjs/common';
import { SessionStore } from '@larder/cache/session';
import { SessionGate, type CookieOrder } from '../sessions/session-gate.js';
import { Credentials } from './credentials.js';

/** Both passwords, and the session that they are given in. */
export interface PasswordChangeRequest {
  readonly secret: string | null;
  readonly currentPassword: string;
  readonly newPassword: string;
}

/** Changes passwords. */
@Injectable()
export class PasswordChange {
  constructor(
    private readonly gate: SessionGate,
    private readonly credentials: Credentials,
    private readonly store: SessionStore,
  ) {}

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
    await this.store.endSome(account.id, generation, (other) => other !== session.id || fresh === null);
    return { cookie: { secret: fresh } };
  }
}
