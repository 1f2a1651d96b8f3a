import { Injectable, type OnModuleInit } from '@nestjs/common';
import { SessionRequired } from '../sessions/session-errors.js';
import { AttemptLimits } from './attempt-limits.js';
import { CredentialsRefused, PasswordRefused } from './domain/account-errors.js';
import { AccountRepository, type StoredAccount } from './domain/account-repository.js';
import { weaknessOf } from './domain/password-policy.js';
import { PasswordHasher } from './password-hasher.js';

/** What somebody says to prove who they are. `address` is where they say it from, if known. */
export interface Claim {
  readonly email: string;
  readonly password: string;
  readonly address?: string | undefined;
}

/** Checks passwords, within limits that are counted before a password is looked at. */
@Injectable()
export class Credentials implements OnModuleInit {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly hasher: PasswordHasher,
    private readonly limits: AttemptLimits,
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
  async verify({ email, password, address }: Claim): Promise<StoredAccount> {
    const takeBack = await this.limits.countSignIn(email, address);
    try {
      const account = await this.accounts.findByEmail(email);
      const right = await this.hasher.verify(account?.passwordHash ?? null, password);
      if (account === null || !right) throw new CredentialsRefused();
      await takeBack();
      return account;
    } catch (error) {
      if (!(error instanceof CredentialsRefused)) await takeBack(); // no password was found wrong
      throw error;
    }
  }

  /** The account of a session, if the password is its owner's. @throws as {@link verify} does @throws {SessionRequired} */
  async verifyOwner({ accountId }: { readonly accountId: string }, password: string): Promise<StoredAccount> {
    const account = await this.accounts.findById(accountId);
    if (account === null) throw new SessionRequired();
    return this.verify({ email: account.email, password });
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
    const generation = await this.accounts.changePassword(id, passwordHash, await this.hasher.hash(newPassword));
    if (generation === null) throw new CredentialsRefused();
    return generation;
  }
}
