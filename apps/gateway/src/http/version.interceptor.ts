import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { SessionMemory } from '../sessions/session-memory.js';
import { exchangeOf } from './exchange.js';
import type { Reply } from './reply.js';
import type { Route } from './route.js';
import { routeOf } from './serves.js';
import { soleSecret } from './session-cookie.js';
import { readVersions, VERSION_FIELD } from './version-token.js';

/**
 * Lets clients read their own writes, and never see time go back, through whichever gateway and catalog process: notes in the
 * exchange what the client has seen by its token and its session, and lets the session remember what it changed before the
 * change is answered.
 */
@Injectable()
export class VersionInterceptor implements NestInterceptor<Reply<unknown>, Reply<unknown>> {
  constructor(private readonly memory: SessionMemory) {}

  /** @throws {Problem} MALFORMED_REQUEST naming Larder-Version */
  async intercept(context: ExecutionContext, next: CallHandler<Reply<unknown>>): Promise<Observable<Reply<unknown>>> {
    const route = routeOf(context);
    if (route?.versions === undefined) return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (route.versions === 'changed') return next.handle().pipe(mergeMap((reply) => this.remembered(request, reply)));
    await this.noteSeen(request, route.versions);
    return next.handle();
  }

  /** Where the session is asked for anything else, it tells what it remembers then: see {@link AuthClient}. */
  private async noteSeen({ raw, headers }: FastifyRequest, versions: Route['versions']): Promise<void> {
    const exchange = exchangeOf(raw);
    exchange.seen = readVersions(headers[VERSION_FIELD.toLowerCase()]);
    if (versions !== 'shown') return;
    exchange.secret = soleSecret(headers.cookie);
    await this.memory.recall(exchange);
  }

  private async remembered({ raw }: FastifyRequest, reply: Reply<unknown>): Promise<Reply<unknown>> {
    await this.memory.remember(exchangeOf(raw), reply.versions ?? {});
    return reply;
  }
}
