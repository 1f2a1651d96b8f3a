import type { ROUTES } from '../../apps/gateway/src/routes.js';
import { NOBODY, send, type Attack } from './attack.js';

/** A request to a route that is well-formed, names things that nobody has, and expects their first version. */
export function requestTo(route: (typeof ROUTES)[number]): Attack & { readonly method: string } {
  const { method, ifMatch, bodyExample } = route;
  const path = route.path.replaceAll(/\{\w+\}/g, NOBODY);
  const headers = ifMatch === true ? { 'if-match': '"1"' } : {};
  return bodyExample === undefined
    ? { method, path, headers }
    : { ...send(method, path, bodyExample, headers), method };
}
