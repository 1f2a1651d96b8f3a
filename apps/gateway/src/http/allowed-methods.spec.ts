import { AllowedMethods } from './allowed-methods.js';

describe('AllowedMethods', () => {
  const allowed = new AllowedMethods([
    { path: '/v1/products', method: 'GET' },
    { path: '/v1/products/{id}', method: 'PATCH' },
    { path: '/openapi.json', method: 'GET' },
  ]);

  it.each([
    ['/v1/products', ['GET', 'HEAD']],
    ['/v1/products/x', ['PATCH']],
    ['/v1/products/x/y', []],
    ['/openapiXjson', []],
  ])('of %s are %j', (path, methods) => {
    expect(allowed.of(path)).toEqual(methods);
  });
});
