import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { TooManyPasswords } from './domain/account-errors.js';

/** The const enum's `Argon2id`, which does not exist at run time. */
const ARGON2ID = 2;
const COST = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Two at once leave half of libuv's threads to file and name look-ups; more only make everybody wait. */
const AT_ONCE = 2;
const WAITING = 32;

/** Hashes passwords with argon2id: two at a time, 32 more may wait. */
@Injectable()
export class PasswordHasher {
  private readonly work = bulkhead(AT_ONCE, WAITING);
  private decoy: Promise<string> | undefined;

  /** @throws {TooManyPasswords} */
  async hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, COST));
  }

  /**
   * Whether `password` is the one behind `passwordHash`. Without a hash it takes as long and is `false`, so that the time
   * does not tell which accounts exist.
   *
   * @throws {TooManyPasswords}
   */
  async verify(passwordHash: string | null, password: string): Promise<boolean> {
    const against = passwordHash ?? (await this.decoyHash());
    return (await this.inTurn(() => verify(against, password))) && passwordHash !== null;
  }

  /** Made before the first account is asked for, so that the first unknown one takes no longer than the others. */
  async decoyHash(): Promise<string> {
    this.decoy ??= hash(randomBytes(32).toString('base64url'), COST);
    return this.decoy;
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await this.work.execute(work);
    } catch (error) {
      if (error instanceof BulkheadRejectedError) throw new TooManyPasswords(error);
      throw error;
    }
  }
}
