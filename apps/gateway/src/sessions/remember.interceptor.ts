import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import { exchangeOf } from '../http/exchange.js';
import type { Reply } from '../http/reply.js';
import { SessionMemory } from './session-memory.js';

/** On routes that change something: lets the session remember what it changed, before the change is answered. */
@Injectable()
export class RememberInterceptor implements NestInterceptor<Reply<unknown>, Reply<unknown>> {
  constructor(private readonly memory: SessionMemory) {}

  intercept(context: ExecutionContext, next: CallHandler<Reply<unknown>>): Observable<Reply<unknown>> {
    const { raw } = context.switchToHttp().getRequest<FastifyRequest>();
    return next.handle().pipe(
      mergeMap(async (reply) => {
        await this.memory.remember(exchangeOf(raw), reply.versions ?? {});
        return reply;
      }),
    );
  }
}
