import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { auth } from '@larder/contracts';
import type { FastifyRequest } from 'fastify';
import { Problem } from '../problems/problem.js';
import { AuthClient } from '../upstreams/auth-client.js';
import { exchangeOf, type Exchange } from './exchange.js';
import { needsSignIn } from './route.js';
import { routeOf } from './serves.js';
import { readSecret } from './session-cookie.js';

/**
 * Lets a request through to its handler if the route's access allows. Only routes for a role cost a call to the auth
 * service here; routes for anyone are not kept from anyone by a cookie.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly auth: AuthClient) {}

  /** @throws {Problem} SESSION_REQUIRED, NOT_ALLOWED, MALFORMED_REQUEST @throws {RemoteError} UNAVAILABLE */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = routeOf(context);
    if (route === undefined) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const exchange = exchangeOf(request.raw);
    exchange.served = route;
    if (route.access === 'anyone') return true;
    exchange.secret = readSecret(request.headers.cookie);
    if (exchange.secret === null && needsSignIn(route)) {
      throw new Problem('SESSION_REQUIRED', 'This needs a signed-in session, and the request has no session cookie.');
    }
    if (route.access === 'editor' || route.access === 'operator') {
      await this.requireRole(route.access, exchange);
    }
    return true;
  }

  private async requireRole(role: 'editor' | 'operator', exchange: Exchange): Promise<void> {
    const { principal } = await this.auth.call(auth.validate, {}, exchange);
    if (principal === null) throw new Problem('SESSION_REQUIRED', 'The session is not signed in, or has ended.');
    if (!principal.roles.includes(role)) throw new Problem('NOT_ALLOWED', `This needs the role "${role}".`);
    exchange.principal = principal;
  }
}
