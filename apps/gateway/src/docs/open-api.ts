import { FRESHNESS_FIELD } from '../http/reply.js';
import { needsSignIn, problemsOf, type Route } from '../http/route.js';
import { SESSION_COOKIE } from '../http/session-cookie.js';
import { VERSION_FIELD } from '../http/version-token.js';
import { Problem } from '../problems/problem.js';
import { PROBLEMS, problemSlug, type ProblemCode } from '../problems/problem-table.js';
import { INTRODUCTION } from './introduction.js';
import { componentSchemas, schemaOf, type JsonSchema } from './schemas.js';

/** An OpenAPI 3.1 document. */
export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: Record<string, string>;
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: Record<string, unknown>;
}

interface Operation extends Record<string, unknown> {
  readonly operationId: string;
}

const EXAMPLE_REQUEST_ID = '3f0e4c9a-8f0b-4d7e-9a65-2f1c7b0d9e55';
const SESSION = 'session';
const FRESHNESS: JsonSchema = {
  description:
    'Present when the change is committed, but the caches do not know of it yet: a read may show what was before.',
  schema: { const: 'pending' },
};

const TOKEN_EXAMPLE = 'product-0f6a7c1e-52c5-4a54-9d3b-3b6c1f0e8a11=12, stock-0f6a7c1e-52c5-4a54-9d3b-3b6c1f0e8a11=87';
const TOKEN_ASKED: JsonSchema = {
  name: VERSION_FIELD,
  in: 'header',
  description:
    'A dictionary of RFC 9651: nothing older than these versions may be shown. At most 64 members and 4,096 characters. ' +
    'Send what answers named; what your session has changed itself is known without it.',
  schema: { type: 'string', maxLength: 4_096 },
  example: TOKEN_EXAMPLE,
};
const TOKEN_TOLD: JsonSchema = {
  description:
    'A dictionary of RFC 9651: the version of each thing that the answer shows or changed, for the same field of later ' +
    'requests. At most 32 members; a list of more items names none, since each carries its version.',
  schema: { type: 'string' },
  example: TOKEN_EXAMPLE,
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
    tags: [...new Set(routes.map(({ group }) => group))].map((name) => ({ name })),
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

function headers({ ifMatch, method, success, versions }: Route): JsonSchema[] {
  const schema = { type: 'string' };
  return [
    ...(ifMatch ? [{ name: 'If-Match', in: 'header', required: true, schema, example: '"12"' }] : []),
    ...(method === 'GET' && success.tagged ? [{ name: 'If-None-Match', in: 'header', schema, example: '"12"' }] : []),
    ...(versions === 'shown' || versions === 'asked' ? [TOKEN_ASKED] : []),
  ];
}

function responses(route: Route): Partial<Record<string, JsonSchema>> {
  const found: Partial<Record<string, JsonSchema>> = { [route.success.status]: success(route) };
  if (route.method === 'GET' && route.success.tagged) found['304'] = { description: 'You have it already.' };
  for (const code of problemsOf(route)) {
    const { status } = PROBLEMS[code];
    found[status] ??= refusals(problemsOf(route).filter((other) => PROBLEMS[other].status === status));
  }
  return found;
}

function success({ success, versions }: Route): JsonSchema {
  const { description, body, example, tagged, cached, announced } = success;
  const text = { schema: { type: 'string' } };
  const fields = {
    ...(tagged && { ETag: text }),
    ...(cached && { 'Cache-Status': text }),
    ...(announced && { [FRESHNESS_FIELD]: FRESHNESS }),
    ...((versions === 'shown' || versions === 'changed') && { [VERSION_FIELD]: TOKEN_TOLD }),
  };
  return {
    description,
    ...(Object.keys(fields).length > 0 && { headers: fields }),
    ...(body !== null && { content: { 'application/json': { schema: schemaOf(body, 'output'), example } } }),
  };
}

function refusals(codes: readonly ProblemCode[]): JsonSchema {
  const examples = codes.map((code) => [code, { $ref: `#/components/examples/${problemSlug(code)}` }]);
  return {
    description: codes.map((code) => PROBLEMS[code].title).join(' · '),
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
