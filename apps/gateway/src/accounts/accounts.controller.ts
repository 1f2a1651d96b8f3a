import { Controller, Headers } from '@nestjs/common';
import { auth, type Account } from '@larder/contracts';
import { deviceTokenIn } from '../http/device-cookie.js';
import type { Exchange } from '../http/exchange.js';
import { NO_BODY, type Reply } from '../http/reply.js';
import type { Given } from '../http/route.js';
import { Call, Input, Serves } from '../http/serves.js';
import { AuthClient } from '../upstreams/auth-client.js';
import { accountRoutes as routes } from './account-routes.js';
import { deviceName } from './device.js';

/** Signing up, in and out. Passwords pass through and are kept nowhere. */
@Controller()
export class AccountsController {
  constructor(private readonly auth: AuthClient) {}

  @Serves(routes.register)
  async register(@Input() { body }: Given<typeof routes.register>, @Call() call: Exchange): Promise<Reply<null>> {
    await this.auth.callWithoutSession(auth.register, { ...body, ...peer(call) }, call);
    return NO_BODY;
  }

  @Serves(routes.login)
  async login(
    @Input() { body }: Given<typeof routes.login>,
    @Headers('user-agent') userAgent: string | undefined,
    @Headers('cookie') cookie: string | undefined,
    @Call() call: Exchange,
  ): Promise<Reply<Account>> {
    const deviceToken = deviceTokenIn(cookie);
    const from = { ...peer(call), device: deviceName(userAgent), ...(deviceToken !== undefined && { deviceToken }) };
    return { body: (await this.auth.call(auth.login, { ...body, ...from }, call)).account };
  }

  @Serves(routes.logout)
  async logout(@Input() _: Given<typeof routes.logout>, @Call() call: Exchange): Promise<Reply<null>> {
    if (call.secret !== null) await this.auth.call(auth.logout, {}, call);
    return NO_BODY;
  }

  @Serves(routes.reauthenticate)
  async reauthenticate(
    @Input() { body }: Given<typeof routes.reauthenticate>,
    @Call() call: Exchange,
  ): Promise<Reply<Account>> {
    return { body: (await this.auth.call(auth.reauthenticate, body, call)).account };
  }

  @Serves(routes.changePassword)
  async changePassword(
    @Input() { body }: Given<typeof routes.changePassword>,
    @Call() call: Exchange,
  ): Promise<Reply<null>> {
    await this.auth.call(auth.changePassword, body, call);
    return NO_BODY;
  }

  @Serves(routes.me)
  async me(@Input() _: Given<typeof routes.me>, @Call() call: Exchange): Promise<Reply<Account>> {
    return { body: (await this.auth.call(auth.me, {}, call)).account };
  }
}

/** Attempts are limited by whom they come from. */
function peer({ client }: Exchange): { address?: string } {
  return client === undefined ? {} : { address: client };
}
