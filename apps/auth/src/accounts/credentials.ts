import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { SessionRequired } from '../sessions/session-errors.js';
import { AttemptLimits, type CountedAttempt } from './attempt-limits.js';
import { CredentialsRefused, PasswordRefused } from './domain/account-errors.js';
import { AccountRepository, type StoredAccount } from './domain/account-repository.js';
import { weaknessOf } from './domain/password-policy.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordMetrics } from './password-metrics.js';

/** What somebody says to prove who they are. */
export interface Claim {
  readonly email: string;
  readonly password: string;
  /** Where they say it from, if known. */
  readonly address?: string | undefined;
  /** The name of the device, if the account has signed in on it. */
  readonly device: string | null;
}

/** Of a session, what its owner's password is checked for. */
interface OwnedSession {
  readonly id: string;
  readonly accountId: string;
}

/** Checks passwords, within limits that are counted before a password is looked at. */
@Injectable()
export class Credentials implements OnModuleInit {
  private readonly logger = new Logger('Accounts');

  constructor(
    private readonly accounts: AccountRepository,
    private readonly hasher: PasswordHasher,
    private readonly limits: AttemptLimits,
    private readonly metrics: PasswordMetrics,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.hasher.decoyHash();
  }

  /**
   * The account that the claim proves.
   *
   * @throws {CredentialsRefused} alike, and as slowly, for an unknown address and a wrong password
   * @throws {TooManyAttempts} @throws {TooManyPasswords} @throws {AuthUnavailable}
   */
  async verify({ password, ...from }: Claim): Promise<StoredAccount> {
    return this.metrics.watch(async () => {
      const attempt = await this.limits.countSignIn(from);
      return this.check(attempt, password, () => this.accounts.findByEmail(from.email));
    });
  }

  /** The account of a session, if the password is its owner's. @throws as {@link verify} does @throws {SessionRequired} */
  async verifyOwner({ id, accountId }: OwnedSession, password: string): Promise<StoredAccount> {
    return this.metrics.watch(async () => {
      const attempt = await this.limits.countInSession(id);
      return this.check(attempt, password, async () => {
        const account = await this.accounts.findById(accountId);
        if (account === null) throw new SessionRequired();
        return account;
      });
    });
  }

  /**
   * Hashes the password of a verified account anew if its hash has not the form of today; only at this moment the password
   * is known. Does not fail: an old hash is as good as it was.
   *
   * @returns the account as it is now stored
   */
  async renewHash(account: StoredAccount, password: string): Promise<StoredAccount> {
    if (this.hasher.isOfToday(account.passwordHash)) return account;
    try {
      const passwordHash = await this.hasher.hash(password);
      const renewed = await this.accounts.renewHash(account.id, account.passwordHash, passwordHash);
      return renewed ? { ...account, passwordHash } : account;
    } catch (error) {
      this.logger.warn({ message: 'a password was not hashed anew', accountId: account.id, err: error });
      return account;
    }
  }

  /**
   * Gives a verified account another password, and answers the account's new session generation.
   *
   * @throws {PasswordRefused} @throws {TooManyPasswords}
   * @throws {CredentialsRefused} if the password was changed since it was verified
   */
  async replace({ id, email, passwordHash }: StoredAccount, newPassword: string): Promise<number> {
    const weakness = weaknessOf(newPassword, email);
    if (weakness !== null) throw new PasswordRefused('newPassword', weakness);
    const newHash = await this.hasher.hash(newPassword, 'known');
    const generation = await this.accounts.changePassword(id, passwordHash, newHash);
    if (generation === null) throw new CredentialsRefused();
    return generation;
  }

  private async check(
    { visitor, takeBack }: CountedAttempt,
    password: string,
    find: () => Promise<StoredAccount | null>,
  ): Promise<StoredAccount> {
    try {
      const account = await find();
      const right = await this.hasher.verify(account?.passwordHash ?? null, password, visitor);
      this.metrics.count(right ? 'right' : 'wrong');
      if (account === null || !right) throw new CredentialsRefused();
      await takeBack();
      return account;
    } catch (error) {
      if (!(error instanceof CredentialsRefused)) await takeBack(); // no password was found wrong
      throw error;
    }
  }
}
