import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { bulkhead, BulkheadRejectedError } from 'cockatiel';
import { TooManyPasswords } from './domain/account-errors.js';

/** The const enum's `Argon2id`, which does not exist at run time. */
const ARGON2ID = 2;
const COST = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const FORM_OF_TODAY = `$argon2id$v=19$m=${COST.memoryCost},t=${COST.timeCost},p=${COST.parallelism}$`;

/** Two at once leave half of libuv's threads to file and name look-ups; more only make everybody wait. */
const AT_ONCE = 2;
/** How many may be under way or wait. Those who are known have room of their own, which strangers cannot fill. */
const ROOM = { anybody: AT_ONCE + 32, known: 8 } as const;

/** Who waits: `known` is who comes with a session, or from a device that the account has signed in on. */
export type Visitor = keyof typeof ROOM;

/** Hashes passwords with argon2id: two at a time, while 32 of anybody and 8 of those who are known may wait. */
@Injectable()
export class PasswordHasher {
  private readonly rooms = { anybody: bulkhead(ROOM.anybody), known: bulkhead(ROOM.known) };
  private readonly work = bulkhead(AT_ONCE, ROOM.anybody + ROOM.known);
  private decoy: Promise<string> | undefined;

  /** @throws {TooManyPasswords} */
  async hash(password: string, visitor: Visitor = 'anybody'): Promise<string> {
    return this.inTurn(visitor, () => hash(password, COST));
  }

  /**
   * Whether `password` is the one behind `passwordHash`. Without a hash it takes as long and is `false`, so that the time
   * does not tell which accounts exist.
   *
   * @throws {TooManyPasswords}
   */
  async verify(passwordHash: string | null, password: string, visitor: Visitor = 'anybody'): Promise<boolean> {
    const against = passwordHash ?? (await this.decoyHash());
    return (await this.inTurn(visitor, () => verify(against, password))) && passwordHash !== null;
  }

  /** Whether `passwordHash` was made with the algorithm and the cost of today. */
  isOfToday(passwordHash: string): boolean {
    return passwordHash.startsWith(FORM_OF_TODAY);
  }

  /** Made before the first account is asked for, so that the first unknown one takes no longer than the others. */
  async decoyHash(): Promise<string> {
    this.decoy ??= hash(randomBytes(32).toString('base64url'), COST);
    return this.decoy;
  }

  private async inTurn<Result>(visitor: Visitor, work: () => Promise<Result>): Promise<Result> {
    try {
      return await this.rooms[visitor].execute(() => this.work.execute(work));
    } catch (error) {
      if (error instanceof BulkheadRejectedError) throw new TooManyPasswords(error);
      throw error;
    }
  }
}
