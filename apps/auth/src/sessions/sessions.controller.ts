import { Controller } from '@nestjs/common';
import { SessionMemory } from '@larder/cache/session';
import { auth } from '@larder/contracts';
import { Handles, Input, type OutputOf, type ParsedInputOf } from '@larder/platform';
import { isSignedIn, SessionGate, type CookieOrder } from './session-gate.js';
import { SessionList } from './session-list.js';
import { principalOf } from './principal.js';

/** Sessions over RPC. */
@Controller()
export class SessionsController {
  constructor(
    private readonly gate: SessionGate,
    private readonly sessions: SessionList,
    private readonly memory: SessionMemory,
  ) {}

  @Handles(auth.validate)
  async validate(@Input() { secret }: ParsedInputOf<typeof auth.validate>): Promise<OutputOf<typeof auth.validate>> {
    const session = await this.gate.enter(secret);
    const principal = isSignedIn(session) ? principalOf(session) : null;
    return { principal, ...(await this.gate.leave(secret, session)) };
  }

  @Handles(auth.recall)
  async recall(@Input() { secrets }: ParsedInputOf<typeof auth.recall>): Promise<OutputOf<typeof auth.recall>> {
    return { versions: await this.memory.recallEach(secrets) };
  }

  @Handles(auth.remember)
  async remember(@Input() { secret, versions }: ParsedInputOf<typeof auth.remember>): Promise<null> {
    await this.memory.remember(secret, versions);
    return null;
  }

  @Handles(auth.listSessions)
  list(@Input() { secret }: ParsedInputOf<typeof auth.listSessions>): Promise<OutputOf<typeof auth.listSessions>> {
    return this.sessions.list(secret);
  }

  @Handles(auth.revokeSession)
  revoke(@Input() { secret, id }: ParsedInputOf<typeof auth.revokeSession>): Promise<CookieOrder> {
    return this.sessions.revoke(secret, id);
  }

  @Handles(auth.revokeSessions)
  revokeMany(@Input() { secret, includeCurrent }: ParsedInputOf<typeof auth.revokeSessions>): Promise<CookieOrder> {
    return this.sessions.revokeMany(secret, includeCurrent);
  }
}
