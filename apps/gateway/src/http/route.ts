import type { Policy } from '@larder/platform';
import type { z } from 'zod';
import type { ProblemCode } from '../problems/problem-table.js';

/** The methods that routes have; GET routes answer HEAD too. */
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * Who may use a route. `anyone`: no session is needed. `visitor`: the session, if any, goes to the auth service.
 * `signed-in`: the auth service refuses without a signed-in session. `editor` and `operator`: the gateway finds out
 * who holds the session before it calls anybody else.
 */
export type Access = Policy | 'visitor';

/**
 * What a route has to do with version tokens. `shown`: it takes one, and names what it shows. `asked`: it takes one.
 * `changed`: it names what it changed.
 */
type VersionUse = 'shown' | 'asked' | 'changed';

/** What a route answers when all goes well. `body` `null` means no body. */
interface Success {
  readonly status: 200 | 201 | 202 | 204;
  readonly description: string;
  readonly body: z.ZodType | null;
  /**
   * What the answer's ETag stands for, if it has one, so that If-None-Match can be answered with 304: the `version` of one
   * thing, for If-Match, or the `content` of many.
   */
  readonly tagged?: 'version' | 'content';
  /** Whether the answer says in Cache-Status how it was come by. */
  readonly cached?: boolean;
  /** Whether the answer is to a change of cached data, and so may say in Larder-Freshness that the caches do not know of it yet. */
  readonly announced?: boolean;
  readonly example?: unknown;
}

/** One route of the public interface: what it takes, who may use it, what it answers. Routing, validation and documentation read nothing else. */
export interface Route {
  readonly id: string;
  readonly method: Method;
  /** As in OpenAPI: `/v1/products/{id}`. */
  readonly path: string;
  readonly group: string;
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly bodyExample?: unknown;
  /** Whether the request must carry If-Match with a version. */
  readonly ifMatch?: true;
  /** Whether it takes Idempotency-Key: repeated with the same key, it is one change. */
  readonly idempotent?: true;
  /** Absent: nothing. Sessions remember what was changed, and what is read for them takes heed of it. */
  readonly versions?: VersionUse;
  readonly success: Success;
  /** The refusals that are particular to it; those that every route can give are in {@link problemsOf}. */
  readonly problems: readonly ProblemCode[];
}

/** Keeps the types of a {@link Route}'s schemas. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}

type Parsed<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;
type Part<R extends Route, Name extends 'params' | 'query' | 'body'> = Name extends keyof R
  ? Parsed<R[Name]>
  : undefined;

/** What a handler of `R` receives: the validated parts, the version that If-Match named, and the key, if there was one. */
export interface Given<R extends Route> {
  readonly params: Part<R, 'params'>;
  readonly query: Part<R, 'query'>;
  readonly body: Part<R, 'body'>;
  readonly version: R extends { ifMatch: true } ? number : undefined;
  readonly key: R extends { idempotent: true } ? string | undefined : undefined;
}

/** Every refusal that a request to `route` can meet: its own, and those that come with what it takes. */
export function problemsOf(route: Route): ProblemCode[] {
  const { params, query, body, method, ifMatch, idempotent, problems } = route;
  const found: ProblemCode[] = [
    'MALFORMED_REQUEST',
    ...only(params !== undefined || query !== undefined || body !== undefined, 'BAD_INPUT'),
    // a body is looked at even where none is taken
    ...only(method !== 'GET', 'BODY_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE', 'CROSS_SITE_REQUEST'),
    ...only(needsSignIn(route), 'SESSION_REQUIRED'),
    ...only(needsRole(route), 'NOT_ALLOWED'),
    ...only(ifMatch === true, 'PRECONDITION_REQUIRED', 'VERSION_CONFLICT'),
    ...only(idempotent === true, 'IDEMPOTENCY_KEY_BUSY', 'IDEMPOTENCY_KEY_REUSED'),
    ...problems,
    'FOREIGN_HOST',
    'RATE_LIMITED',
    'INTERNAL',
    'OVERLOADED',
    'UNAVAILABLE',
  ];
  return [...new Set(found)];
}

/**
 * Whether answers may be compressed. Not with a session: who can add to such an answer and watch its length could guess at
 * what else is in it. Nor where the ETag is a version, which stands for one text and not for several encodings of it.
 */
export function isCompressible({ access, method, success }: Route): boolean {
  return access === 'anyone' && method === 'GET' && success.tagged === 'content';
}

function only(applies: boolean, ...codes: readonly ProblemCode[]): readonly ProblemCode[] {
  return applies ? codes : [];
}

/** Whether only accounts with a role may use it. */
function needsRole({ access }: Route): boolean {
  return access === 'editor' || access === 'operator';
}

/** Whether a request without any session is refused at once. */
export function needsSignIn(route: Route): boolean {
  return route.access === 'signed-in' || needsRole(route);
}
