import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { SessionMemory } from '../sessions/session-memory.js';
import { exchangeOf } from './exchange.js';
import { soleSecret } from './session-cookie.js';
import { readVersions, VERSION_FIELD } from './version-token.js';

/**
 * Lets clients read their own writes, and never see time go back, through whichever gateway and catalog process: notes in the
 * exchange what the client has seen, by its token and by what its session remembers. Runs after the access check, which
 * notes the route.
 */
@Injectable()
export class VersionGuard implements CanActivate {
  constructor(private readonly memory: SessionMemory) {}

  /**
   * Does not wait for the session: handlers do, see `seen-versions.ts`. Where it is asked for anything else, it tells what it
   * remembers then: see `AuthClient`.
   *
   * @throws {Problem} MALFORMED_REQUEST naming Larder-Version
   */
  canActivate(context: ExecutionContext): true {
    const { raw, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const exchange = exchangeOf(raw);
    const versions = exchange.served?.versions;
    if (versions !== 'shown' && versions !== 'asked') return true;
    exchange.seen = readVersions(headers[VERSION_FIELD.toLowerCase()]);
    if (versions === 'shown') {
      exchange.secret = soleSecret(headers.cookie);
      if (exchange.secret !== null) exchange.recalled = this.memory.recall(exchange);
    }
    return true;
  }
}
