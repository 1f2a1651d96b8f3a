import { Injectable } from '@nestjs/common';
import type { Account } from '@larder/contracts';
import { SessionGate, type CookieOrder } from '../sessions/session-gate.js';
import { Credentials, type Claim } from './credentials.js';
import { DeviceTokens } from './device-tokens.js';
import { viewOf } from './domain/account-repository.js';
import { SessionOpening } from './session-opening.js';

/** What somebody says to sign in, where, and in which session. */
export interface Login extends Omit<Claim, 'device'> {
  readonly secret: string | null;
  /** As it is shown to the account's owner. */
  readonly device: string;
  /** What the device was given by an earlier sign-in, if it has kept it. */
  readonly deviceToken?: string | undefined;
}

/** `deviceToken` is for later sign-ins to this account on the same device. */
type SignedIn = { readonly account: Account; readonly deviceToken: string } & CookieOrder;

/** Begins and ends an account's sessions. */
@Injectable()
export class SignIn {
  constructor(
    private readonly credentials: Credentials,
    private readonly devices: DeviceTokens,
    private readonly opening: SessionOpening,
    private readonly gate: SessionGate,
  ) {}

  /** Begins a session in place of the one behind the secret, whose anonymous cart goes to the account. @throws {CredentialsRefused} */
  async login({ secret, device, deviceToken, ...claim }: Login): Promise<SignedIn> {
    const known = this.devices.recognise(deviceToken, claim.email);
    const verified = await this.credentials.verify({ ...claim, device: known });
    const account = await this.credentials.renewHash(verified, claim.password);
    const cookie = { secret: await this.opening.open(account, secret, device) };
    return { account: viewOf(account), cookie, deviceToken: this.devices.issue(account.email) };
  }

  /** Ends whatever session the secret belongs to. */
  async logout(secret: string | null): Promise<CookieOrder> {
    await this.gate.end(secret);
    return { cookie: { secret: null } };
  }
}
