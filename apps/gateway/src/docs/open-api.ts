import { IDEMPOTENCY_FIELD } from '../http/idempotency-key.js';
import { needsSignIn, problemsOf, type Route } from '../http/route.js';
import { SESSION_COOKIE } from '../http/session-cookie.js';
import { Problem } from '../problems/problem.js';
import { PROBLEMS, problemSlug, type ProblemCode } from '../problems/problem-table.js';
import { INTRODUCTION } from './introduction.js';
import { refusalFields, successFields, TOKEN_ASKED } from './response-fields.js';
import { componentSchemas, schemaOf, type JsonSchema } from './schemas.js';

/** An OpenAPI 3.1 document. */
export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: Record<string, string>;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: Record<string, unknown>;
}

interface Operation extends Record<string, unknown> {
  readonly operationId: string;
}

const EXAMPLE_REQUEST_ID = '3f0e4c9a-8f0b-4d7e-9a65-2f1c7b0d9e55';
const SESSION = 'session';
/** With its quotes. */
const KEY = { type: 'string', minLength: 1, maxLength: 130 };
const TAGS: Readonly<Record<string, string>> = {
  Products: 'What is sold, and how much of it there is.',
  Categories: 'The tree that products are in.',
  Cart: 'What a visitor, or an account on all its devices, means to buy.',
  Account: 'Signing up, in and out.',
  Sessions: 'Where an account is signed in.',
  Preferences: 'How a person likes it.',
};

/** Describes `routes`; nothing is said of a route anywhere else. */
export function openApi(routes: readonly Route[]): OpenApi {
  const paths: OpenApi['paths'] = {};
  for (const route of routes) {
    const operations = (paths[route.path] ??= {});
    operations[route.method.toLowerCase()] = operation(route);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Larder', version: '1', description: INTRODUCTION.join('\n\n') },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ group }) => group))].map(tag),
    paths,
    components: {
      schemas: componentSchemas(),
      examples: problemExamples(routes),
      securitySchemes: { [SESSION]: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE } },
    },
  };
}

function operation(route: Route): Operation {
  const parameters = [...schemaParameters('path', route), ...schemaParameters('query', route), ...headers(route)];
  return {
    operationId: route.id,
    tags: [route.group],
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    ...(needsSignIn(route) && { security: [{ [SESSION]: [] }] }),
    ...(route.access === 'visitor' && { security: [{}, { [SESSION]: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(route.body !== undefined && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: schemaOf(route.body, 'input'), example: route.bodyExample } },
      },
    }),
    responses: responses(route),
  };
}

function schemaParameters(place: 'path' | 'query', route: Route): JsonSchema[] {
  const schema = place === 'path' ? route.params : route.query;
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(description !== undefined && { description }),
    schema: property,
    ...(property.type === 'array' && { style: 'form', explode: false }),
  }));
}

function headers({ ifMatch, idempotent, method, success, versions }: Route): JsonSchema[] {
  const schema = { type: 'string' };
  const known = success.tagged === 'content' ? 'W/"kJ2vX8"' : '"12"';
  return [
    ...(ifMatch ? [{ name: 'If-Match', in: 'header', required: true, schema, example: '"12"' }] : []),
    ...(method === 'GET' && success.tagged ? [{ name: 'If-None-Match', in: 'header', schema, example: known }] : []),
    ...(idempotent ? [{ name: IDEMPOTENCY_FIELD, in: 'header', schema: KEY, example: `"${EXAMPLE_REQUEST_ID}"` }] : []),
    ...(versions === 'shown' || versions === 'asked' ? [TOKEN_ASKED] : []),
  ];
}

function responses(route: Route): Partial<Record<string, JsonSchema>> {
  const found: Partial<Record<string, JsonSchema>> = { [route.success.status]: success(route) };
  if (route.method === 'GET' && route.success.tagged) found['304'] = { description: 'You have it already.' };
  for (const code of problemsOf(route)) {
    const { status } = PROBLEMS[code];
    found[status] ??= refusals(
      status,
      problemsOf(route).filter((other) => PROBLEMS[other].status === status),
    );
  }
  return found;
}

function success(route: Route): JsonSchema {
  const { description, body, example } = route.success;
  return {
    description,
    headers: successFields(route),
    ...(body !== null && { content: { 'application/json': { schema: schemaOf(body, 'output'), example } } }),
  };
}

function tag(name: string): { name: string; description?: string } {
  const description = TAGS[name];
  return description === undefined ? { name } : { name, description };
}

function refusals(status: number, codes: readonly ProblemCode[]): JsonSchema {
  const examples = codes.map((code) => [code, { $ref: `#/components/examples/${problemSlug(code)}` }]);
  return {
    description: codes.map((code) => PROBLEMS[code].title).join(' · '),
    headers: refusalFields(status),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(examples.map(([code, example]) => [problemSlug(code as ProblemCode), example])),
      },
    },
  };
}

function problemExamples(routes: readonly Route[]): Record<string, JsonSchema> {
  const codes = [...new Set(routes.flatMap(problemsOf))];
  return Object.fromEntries(
    codes.map((code) => {
      const { title } = PROBLEMS[code];
      return [problemSlug(code), { summary: title, value: new Problem(code, title).body(EXAMPLE_REQUEST_ID) }];
    }),
  );
}
