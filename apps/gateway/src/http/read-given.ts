import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Problem, type FieldError } from '../problems/problem.js';
import { expectedVersion } from './entity-tag.js';
import { IDEMPOTENCY_FIELD, idempotencyKey } from './idempotency-key.js';
import { readQuery } from './query-text.js';
import type { Given, Route } from './route.js';

const NOTHING = z.strictObject({});

/**
 * Checks a request against a route's schemas. All faults of path, query and body are reported together.
 *
 * @throws {Problem} BAD_INPUT naming the fields; PRECONDITION_REQUIRED or MALFORMED_REQUEST for If-Match, MALFORMED_REQUEST for Idempotency-Key
 */
export function readGiven(route: Route, request: FastifyRequest): Given<Route> {
  const errors: FieldError[] = [];
  const params = check('path', route.params ?? NOTHING, request.params, errors);
  const query = check('query', route.query ?? NOTHING, readQuery(request.raw.url ?? ''), errors);
  const body = checkBody(route, request, errors);
  if (errors.length > 0) throw new Problem('BAD_INPUT', summary(errors), { errors });
  const version = route.ifMatch ? expectedVersion(request.headers['if-match']) : undefined;
  const key = route.idempotent ? idempotencyKey(request.headers[IDEMPOTENCY_FIELD.toLowerCase()]) : undefined;
  return { params, query, body, version, key } as Given<Route>;
}

function checkBody(route: Route, { body }: FastifyRequest, errors: FieldError[]): unknown {
  if (route.body !== undefined) return check('body', route.body, body, errors);
  if (body !== undefined && body !== null) errors.push({ in: 'body', field: '*', detail: 'No body is expected' });
  return undefined;
}

function check(place: FieldError['in'], schema: z.ZodType, value: unknown, errors: FieldError[]): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  errors.push(...result.error.issues.flatMap((issue) => fieldErrors(place, issue)));
  return undefined;
}

function fieldErrors(place: FieldError['in'], issue: z.core.$ZodIssue): FieldError[] {
  const at = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') return [{ in: place, field: at.join('.') || '*', detail: issue.message }];
  return issue.keys.map((key) => ({ in: place, field: [...at, key].join('.'), detail: 'Unknown field' }));
}

function summary(errors: readonly FieldError[]): string {
  return `Not valid: ${[...new Set(errors.map(({ in: place, field }) => `${place} ${field}`))].join(', ')}.`;
}
