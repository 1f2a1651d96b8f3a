import type { Reply } from '../../apps/gateway/test/ask.js';

/** Of a server, a library, a file or a statement: nobody outside is told of them. */
const INTERNALS =
  /\bat \S+:\d+|node_modules|\.[jt]s\b|\/tmp\/|SELECT|INSERT|constraint|relation|redis|postgres|rabbit|amqp|ECONN|zod|typeorm|fastify|catalog_service|auth_service|undefined|\[object /i;
/** What a client has sent may be named; values of ours may not. */
const MAX_CHARS = 12_000;

/** Checks that `reply` refuses with a problem (RFC 9457), that tells nothing of the inside, and has every field that answers have. */
export function expectRefusal(
  { status, headers, text }: Reply,
  expected: number,
  slug: string,
  named?: string | Readonly<Record<string, string>>,
): void {
  expect(`${status} ${text}`).toContain(`${expected} {"type":"/docs#${slug}"`);
  expect(headers).toMatchObject({
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': expect.stringContaining("default-src 'none'") as string,
    'x-request-id': expect.stringMatching(/^[\w.-]{8,64}$/) as string,
    ...(typeof named === 'object' && named),
  });
  const { errors = [], ...body } = JSON.parse(text) as { errors?: { in: string; field: string }[] };
  expect(body).toMatchObject({ status: expected, requestId: headers['x-request-id'] });
  expect(JSON.stringify(body)).not.toMatch(INTERNALS);
  expect(text.length).toBeLessThan(MAX_CHARS);
  if (typeof named === 'string') expect(errors.map(({ in: place, field }) => `${place} ${field}`)).toContain(named);
}
