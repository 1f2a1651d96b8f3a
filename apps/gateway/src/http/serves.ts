import {
  applyDecorators,
  createParamDecorator,
  HttpCode,
  RequestMapping,
  RequestMethod,
  SetMetadata,
  UseInterceptors,
  type ExecutionContext,
} from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RememberInterceptor } from '../sessions/remember.interceptor.js';
import { exchangeOf, type Exchange } from './exchange.js';
import { readGiven } from './read-given.js';
import type { Given, Route } from './route.js';

const ROUTE = Symbol('ROUTE');

/** Makes a controller's method the handler of `route`; access, validation and the answer's form follow from the route. */
export function Serves(route: Route): MethodDecorator {
  return applyDecorators(
    RequestMapping({ path: route.path.replaceAll(/\{(\w+)\}/g, ':$1'), method: RequestMethod[route.method] }),
    HttpCode(route.success.status),
    SetMetadata(ROUTE, route),
    ...(route.versions === 'changed' ? [UseInterceptors(RememberInterceptor)] : []),
  );
}

/** The route that the running handler serves; `undefined` for a handler without {@link Serves}. */
export function routeOf(context: ExecutionContext): Route | undefined {
  return Reflect.getMetadata(ROUTE, context.getHandler()) as Route | undefined;
}

/** Parameter: the request's parts, checked against the route's schemas, as {@link Given}. @throws {Problem} BAD_INPUT and its like */
export const Input = createParamDecorator((_: unknown, context: ExecutionContext): Given<Route> => {
  const route = routeOf(context);
  if (route === undefined) throw new TypeError('@Input() is for methods with @Serves()');
  return readGiven(route, context.switchToHttp().getRequest<FastifyRequest>());
});

/** Parameter: the {@link Exchange} of the request. */
export const Call = createParamDecorator((_: unknown, context: ExecutionContext): Exchange =>
  exchangeOf(context.switchToHttp().getRequest<FastifyRequest>().raw),
);
