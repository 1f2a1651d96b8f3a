import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { cacheStatus } from './cache-status.js';
import { namesTag } from './entity-tag.js';
import { FRESHNESS_FIELD, type Reply } from './reply.js';
import type { Route } from './route.js';
import { routeOf } from './serves.js';
import { VERSION_FIELD, versionToken } from './version-token.js';

/** Turns a handler's {@link Reply} into header fields and a body, and answers 304 where the client has it already. */
@Injectable()
export class ReplyInterceptor implements NestInterceptor<Reply<unknown>> {
  intercept(context: ExecutionContext, next: CallHandler<Reply<unknown>>): Observable<unknown> {
    const route = routeOf(context);
    if (route === undefined) return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const response = http.getResponse<FastifyReply>();
    return next.handle().pipe(map((reply) => written(reply, route, { request, response })));
  }
}

function written(
  reply: Reply<unknown>,
  route: Route,
  { request, response }: { request: FastifyRequest; response: FastifyReply },
): unknown {
  response.headers({ 'cache-control': cacheControl(route), ...vary(route), ...fieldsOf(reply) });
  if (route.method === 'GET' && reply.etag !== undefined && namesTag(request.headers['if-none-match'], reply.etag)) {
    response.code(304);
    return undefined;
  }
  return reply.body ?? undefined;
}

function fieldsOf({ cache, freshness, versions = {}, location, etag }: Reply<unknown>): Record<string, string> {
  const [status, token] = [cacheStatus(cache), versionToken(versions)];
  return {
    ...(status !== undefined && { 'cache-status': status }),
    ...(freshness === 'pending' && { [FRESHNESS_FIELD]: freshness }),
    ...(token !== undefined && { [VERSION_FIELD]: token }),
    ...(location !== undefined && { location }),
    ...(etag !== undefined && { etag }),
  };
}

/**
 * A token may call for a newer answer. A cookie may too, but is not named: no cache may use an answer without asking here,
 * with the cookie, so naming it would only make caches keep an answer for each browser.
 */
function vary({ versions }: Route): Record<string, string> {
  return versions === 'shown' ? { vary: VERSION_FIELD } : {};
}

/**
 * What others may do with an answer. Anybody may keep catalog data, but nobody may use it without asking here first
 * (`no-cache`), so no cache on the way can be older than we promise. Answers that depend on a session are kept by nobody.
 */
function cacheControl({ access, method }: Route): string {
  return access === 'anyone' && method === 'GET' ? 'public, no-cache' : 'no-store';
}
