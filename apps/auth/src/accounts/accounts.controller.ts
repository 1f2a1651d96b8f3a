import { Controller } from '@nestjs/common';
import { auth } from '@larder/contracts';
import { Handles, Input, type OutputOf, type ParsedInputOf } from '@larder/platform';
import type { CookieOrder } from '../sessions/session-gate.js';
import { Profile } from './profile.js';
import { Registration } from './registration.js';
import { SessionPasswords } from './session-passwords.js';
import { SignIn } from './sign-in.js';

/** Accounts over RPC. */
@Controller()
export class AccountsController {
  constructor(
    private readonly registration: Registration,
    private readonly signIn: SignIn,
    private readonly passwords: SessionPasswords,
    private readonly profile: Profile,
  ) {}

  @Handles(auth.register)
  async register(@Input() claim: ParsedInputOf<typeof auth.register>): Promise<null> {
    await this.registration.register(claim);
    return null;
  }

  @Handles(auth.login)
  login(@Input() login: ParsedInputOf<typeof auth.login>): Promise<OutputOf<typeof auth.login>> {
    return this.signIn.login(login);
  }

  @Handles(auth.logout)
  logout(@Input() { secret }: ParsedInputOf<typeof auth.logout>): Promise<CookieOrder> {
    return this.signIn.logout(secret);
  }

  @Handles(auth.reauthenticate)
  reauthenticate(
    @Input() { secret, password }: ParsedInputOf<typeof auth.reauthenticate>,
  ): Promise<OutputOf<typeof auth.reauthenticate>> {
    return this.passwords.confirm(secret, password);
  }

  @Handles(auth.changePassword)
  changePassword(@Input() change: ParsedInputOf<typeof auth.changePassword>): Promise<CookieOrder> {
    return this.passwords.change(change);
  }

  @Handles(auth.me)
  me(@Input() { secret }: ParsedInputOf<typeof auth.me>): Promise<OutputOf<typeof auth.me>> {
    return this.profile.read(secret);
  }
}
