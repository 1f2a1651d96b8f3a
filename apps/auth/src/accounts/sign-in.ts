import { Injectable } from '@nestjs/common';
import { SessionStore } from '@larder/cache/session';
import type { Account } from '@larder/contracts';
import { SessionRequired } from '../sessions/session-errors.js';
import { SessionGate, type CookieOrder } from '../sessions/session-gate.js';
import { Credentials, type Claim } from './credentials.js';
import { viewOf } from './domain/account-repository.js';
import { SessionOpening } from './session-opening.js';

/** A claim, and the session that it is made in. `device` is shown to the account's owner. */
export interface Login extends Claim {
  readonly secret: string | null;
  readonly device: string;
}

type SignedIn = { readonly account: Account } & CookieOrder;

/** Begins and ends an account's sessions. */
@Injectable()
export class SignIn {
  constructor(
    private readonly credentials: Credentials,
    private readonly opening: SessionOpening,
    private readonly gate: SessionGate,
    private readonly store: SessionStore,
  ) {}

  /** Begins a session in place of the one behind the secret, whose anonymous cart goes to the account. @throws {CredentialsRefused} */
  async login({ secret, device, ...claim }: Login): Promise<SignedIn> {
    const account = await this.credentials.verify(claim);
    return { account: viewOf(account), cookie: { secret: await this.opening.open(account, secret, device) } };
  }

  /** Gives the password again in a session, which changes its secret. @throws {SessionRequired} @throws {CredentialsRefused} */
  async reauthenticate(secret: string | null, password: string): Promise<SignedIn> {
    const session = await this.gate.enterVerified(secret);
    const account = await this.credentials.verifyOwner(session, password);
    const fresh = await this.store.rotate(secret, null);
    if (fresh === null) throw new SessionRequired();
    return { account: viewOf(account), cookie: { secret: fresh } };
  }

  /** Ends whatever session the secret belongs to. */
  async logout(secret: string | null): Promise<CookieOrder> {
    await this.gate.end(secret);
    return { cookie: { secret: null } };
  }
}
