import { isCompressible, problemsOf } from '../http/route.js';
import { readVersions } from '../http/version-token.js';
import { PROBLEMS } from '../problems/problem-table.js';
import { ROUTES } from '../routes.js';
import { openApi } from './open-api.js';

const document = openApi(ROUTES);

describe('the route table', () => {
  it('has each operation and each address once', () => {
    expect(new Set(ROUTES.map(({ id }) => id)).size).toBe(ROUTES.length);
    expect(new Set(ROUTES.map(({ method, path }) => `${method} ${path}`)).size).toBe(ROUTES.length);
  });

  it.each(ROUTES.map((route) => [route.id, route] as const))('has true examples for %s', (_, route) => {
    if (route.body !== undefined) route.body.parse(route.bodyExample);
    if (route.success.body !== null) route.success.body.parse(route.success.example);
    expect(route.success.body === null).toBe([202, 204].includes(route.success.status));
  });
});

it('compresses lists that are for anyone, and nothing else', () => {
  const compressed = ROUTES.filter(isCompressible).map(({ id }) => id);
  expect(compressed.sort()).toEqual(['listCategories', 'listProducts', 'searchProducts']);
});

describe('the OpenAPI document', () => {
  it('refers to nothing that it does not hold', () => {
    const text = JSON.stringify(document);
    for (const [, reference = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = reference.split('/').reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], document);
      expect([reference, typeof found]).toEqual([reference, 'object']);
    }
    expect(text).not.toMatch(/"\$(schema|id)"/);
  });

  it.each(ROUTES.map((route) => [route.id, route] as const))('tells every status of %s', (_, route) => {
    const { responses } = document.paths[route.path]?.[route.method.toLowerCase()] as unknown as {
      responses: Record<string, unknown>;
    };
    const statuses = problemsOf(route).map((code) => PROBLEMS[code].status);
    expect(Object.keys(responses).map(Number)).toEqual(expect.arrayContaining([route.success.status, ...statuses]));
  });

  it.each(ROUTES.map((route) => [route.id, route] as const))('tells what %s does with version tokens', (_, route) => {
    const { parameters = [], responses } = document.paths[route.path]?.[route.method.toLowerCase()] as unknown as {
      parameters?: { name: string; example: string }[];
      responses: Record<string, { headers?: Record<string, unknown> }>;
    };
    const asked = parameters.find(({ name }) => name === 'Larder-Version');
    const told = responses[route.success.status]?.headers?.['Larder-Version'];
    expect([asked !== undefined, told !== undefined]).toEqual([
      route.versions === 'shown' || route.versions === 'asked',
      route.versions === 'shown' || route.versions === 'changed',
    ]);
    if (asked !== undefined) expect(Object.values(readVersions(asked.example))).toEqual([12, 87]);
  });

  it('closes what is sent, and leaves open what is answered', () => {
    const { schemas } = document.components as { schemas: Record<string, { additionalProperties?: unknown }> };
    const closed = Object.keys(schemas).filter((name) => schemas[name]?.additionalProperties === false);
    expect(closed.sort()).toEqual([
      'CategoryChanges',
      'NewCategory',
      'NewProduct',
      'PreferencesChanges',
      'ProductChanges',
    ]);
  });

  it('describes what a route reads: path, query, If-Match and body', () => {
    expect(document.paths['/v1/products/{id}']?.patch).toMatchObject({
      security: [{ session: [] }],
      parameters: [
        { name: 'id', in: 'path', required: true },
        { name: 'If-Match', in: 'header', required: true },
      ],
      requestBody: {
        content: { 'application/json': { schema: { $ref: '#/components/schemas/ProductChanges' } } },
      },
    });
    expect(document.paths['/v1/products']?.get).toMatchObject({
      parameters: expect.arrayContaining([
        expect.objectContaining({ name: 'ids', in: 'query', required: false, explode: false }),
        expect.objectContaining({ name: 'limit', schema: { type: 'integer', minimum: 1, maximum: 100 } }),
      ]) as unknown,
    });
  });
});
