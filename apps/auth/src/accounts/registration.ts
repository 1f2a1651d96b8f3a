import { Injectable } from '@nestjs/common';
import { AttemptLimits } from './attempt-limits.js';
import type { Claim } from './credentials.js';
import { PasswordRefused } from './domain/account-errors.js';
import { AccountRepository } from './domain/account-repository.js';
import { weaknessOf } from './domain/password-policy.js';
import { PasswordHasher } from './password-hasher.js';

/** Makes accounts for customers. */
@Injectable()
export class Registration {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly hasher: PasswordHasher,
    private readonly limits: AttemptLimits,
  ) {}

  /**
   * Registers an address, or does nothing if it is known; the answer and the time it takes do not tell which.
   *
   * @throws {PasswordRefused} @throws {TooManyAttempts} @throws {TooManyPasswords} @throws {AuthUnavailable}
   */
  async register({ email, password, address }: Omit<Claim, 'device'>): Promise<void> {
    const weakness = weaknessOf(password, email);
    if (weakness !== null) throw new PasswordRefused('password', weakness);
    await this.limits.countRegistration(address);
    const passwordHash = await this.hasher.hash(password);
    await this.accounts.add({ email, passwordHash, roles: ['customer'] });
  }
}
