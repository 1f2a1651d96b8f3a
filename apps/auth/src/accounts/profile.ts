import { Injectable } from '@nestjs/common';
import type { Account } from '@larder/contracts';
import { SessionRequired } from '../sessions/session-errors.js';
import { SessionGate, type CookieOrder } from '../sessions/session-gate.js';
import { AccountRepository, viewOf } from './domain/account-repository.js';

/** The account of whoever is signed in. */
@Injectable()
export class Profile {
  constructor(
    private readonly gate: SessionGate,
    private readonly accounts: AccountRepository,
  ) {}

  /** @throws {SessionRequired} */
  async read(secret: string | null): Promise<{ account: Account } & CookieOrder> {
    const session = await this.gate.enterSignedIn(secret);
    const account = await this.accounts.findById(session.accountId);
    if (account === null) throw new SessionRequired();
    return { account: viewOf(account), ...(await this.gate.leave(secret, session)) };
  }
}
