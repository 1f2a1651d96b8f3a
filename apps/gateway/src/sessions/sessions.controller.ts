import { Controller } from '@nestjs/common';
import { auth } from '@larder/contracts';
import type { Exchange } from '../http/exchange.js';
import { NO_BODY, type Reply } from '../http/reply.js';
import type { Given } from '../http/route.js';
import { Call, Input, Serves } from '../http/serves.js';
import { AuthClient } from '../upstreams/auth-client.js';
import { sessionRoutes as routes, type SessionPage } from './session-routes.js';

/** The sessions of the account that is signed in. */
@Controller()
export class SessionsController {
  constructor(private readonly auth: AuthClient) {}

  @Serves(routes.listSessions)
  async list(@Input() _: Given<typeof routes.listSessions>, @Call() call: Exchange): Promise<Reply<SessionPage>> {
    const { items } = await this.auth.call(auth.listSessions, {}, call);
    return { body: { items, nextCursor: null } };
  }

  @Serves(routes.revokeSession)
  async revoke(@Input() { params }: Given<typeof routes.revokeSession>, @Call() call: Exchange): Promise<Reply<null>> {
    await this.auth.call(auth.revokeSession, params, call);
    return NO_BODY;
  }

  @Serves(routes.revokeSessions)
  async revokeMany(
    @Input() { query }: Given<typeof routes.revokeSessions>,
    @Call() call: Exchange,
  ): Promise<Reply<null>> {
    await this.auth.call(auth.revokeSessions, { includeCurrent: query.all === 'true' }, call);
    return NO_BODY;
  }
}
