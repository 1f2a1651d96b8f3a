import type { FastifyReply } from 'fastify';
import { cacheStatus } from './cache-status.js';
import { ENCODING_FIELD } from './compression.js';
import { namesTag } from './entity-tag.js';
import { FRESHNESS_FIELD, type Reply } from './reply.js';
import { isCompressible, type Route } from './route.js';
import { VERSION_FIELD, versionToken } from './version-token.js';

/** Sends a handler's {@link Reply} as header fields and a body, and 304 where the client has it already. */
export function writeReply(response: FastifyReply, reply: Reply<unknown>, route: Route): FastifyReply {
  response.status(route.success.status).headers(fieldsOfRoute(route)).headers(fieldsOf(reply));
  const known = response.request.headers['if-none-match'];
  if (route.method === 'GET' && reply.etag !== undefined && namesTag(known, reply.etag))
    return response.code(304).send();
  return response.send(reply.body ?? undefined);
}

/** Field by field: to spread objects into one takes longer than all the rest of this. */
function fieldsOf({ cache, freshness, versions = {}, location, etag }: Reply<unknown>): Record<string, string> {
  const fields: Record<string, string> = {};
  const [status, token] = [cacheStatus(cache), versionToken(versions)];
  if (status !== undefined) fields['cache-status'] = status;
  if (freshness === 'pending') fields[FRESHNESS_FIELD] = freshness;
  if (token !== undefined) fields[VERSION_FIELD] = token;
  if (location !== undefined) fields['location'] = location;
  if (etag !== undefined) fields['etag'] = etag;
  return fields;
}

function fieldsOfRoute(route: Route): Record<string, string> {
  const named = vary(route);
  if (named === undefined) return { 'cache-control': cacheControl(route) };
  return { 'cache-control': cacheControl(route), vary: named };
}

/**
 * A token may call for a newer answer. A cookie may too, but is not named: no cache may use an answer without asking here,
 * with the cookie, so naming it would only make caches keep an answer for each browser.
 */
function vary(route: Route): string | undefined {
  const field = route.versions === 'shown' ? VERSION_FIELD : undefined;
  if (!isCompressible(route)) return field;
  return field === undefined ? ENCODING_FIELD : `${field}, ${ENCODING_FIELD}`;
}

/**
 * What others may do with an answer. Anybody may keep catalog data, but nobody may use it without asking here first
 * (`no-cache`), so no cache on the way can be older than we promise. Answers that depend on a session are kept by nobody.
 */
function cacheControl({ access, method }: Route): string {
  return access === 'anyone' && method === 'GET' ? 'public, no-cache' : 'no-store';
}
