import { FRESHNESS_FIELD } from '../http/reply.js';
import type { Route } from '../http/route.js';
import { VERSION_FIELD } from '../http/version-token.js';
import type { JsonSchema } from './schemas.js';

const TOKEN_EXAMPLE = 'product-0f6a7c1e-52c5-4a54-9d3b-3b6c1f0e8a11=12, stock-0f6a7c1e-52c5-4a54-9d3b-3b6c1f0e8a11=87';

/** The request's token of versions, as a parameter. */
export const TOKEN_ASKED: JsonSchema = {
  name: VERSION_FIELD,
  in: 'header',
  description:
    'A dictionary of RFC 9651: nothing older than these versions may be shown. At most 64 members and 4,096 characters. ' +
    'Send what answers named; what your session has changed itself is known without it.',
  schema: { type: 'string', maxLength: 4_096 },
  example: TOKEN_EXAMPLE,
};

const FIELDS = {
  requestId: text('What to name when something went wrong; a well-formed one of yours is kept.'),
  policy: text('The limits on requests and on changes, a minute each (draft-ietf-httpapi-ratelimit-headers).'),
  limits: text('What is left of each, and in how many seconds it begins anew.'),
  tag: text('The version of what is shown, for If-None-Match and, where it is strong, for If-Match.'),
  cacheStatus: text('How the answer was come by (RFC 9211).'),
  location: text('Where the new thing is.'),
  cookie: text('The session cookie, where it is new or ends.'),
  retryAfter: text('When to come back, in seconds.'),
  challenge: text('That the session cookie opens this.'),
  freshness: {
    description:
      'Present when the change is committed, but the caches do not know of it yet: a read may show what was before.',
    schema: { const: 'pending' },
  },
  token: {
    description:
      'A dictionary of RFC 9651: the version of each thing that the answer shows or changed, for the same field of later ' +
      'requests. At most 32 members; a list of more items names none, since each carries its version.',
    schema: { type: 'string' },
    example: TOKEN_EXAMPLE,
  },
} satisfies Record<string, JsonSchema>;

/** What every answer carries. */
const ALWAYS = { 'X-Request-Id': FIELDS.requestId, 'RateLimit-Policy': FIELDS.policy, RateLimit: FIELDS.limits };

/** The header fields of a route's answer when all goes well. */
export function successFields({ success, versions, access }: Route): Record<string, JsonSchema> {
  const { status, tagged, cached, announced } = success;
  return {
    ...ALWAYS,
    ...(tagged && { ETag: FIELDS.tag }),
    ...(cached && { 'Cache-Status': FIELDS.cacheStatus }),
    ...(status === 201 && { Location: FIELDS.location }),
    ...(announced && { [FRESHNESS_FIELD]: FIELDS.freshness }),
    ...((versions === 'shown' || versions === 'changed') && { [VERSION_FIELD]: FIELDS.token }),
    ...(access !== 'anyone' && { 'Set-Cookie': FIELDS.cookie }),
  };
}

/** The header fields of a refusal with this status. */
export function refusalFields(status: number): Record<string, JsonSchema> {
  return {
    ...ALWAYS,
    ...(status === 401 && { 'WWW-Authenticate': FIELDS.challenge }),
    ...((status === 429 || status === 503) && { 'Retry-After': FIELDS.retryAfter }),
  };
}

function text(description: string): JsonSchema {
  return { description, schema: { type: 'string' } };
}
