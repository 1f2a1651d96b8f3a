import { matchesTopic } from './topic-pattern.js';

describe('matchesTopic', () => {
  it.each([
    ['catalog.product.updated', 'catalog.product.updated', true],
    ['catalog.product.*', 'catalog.product.updated', true],
    ['catalog.product.*', 'catalog.product', false],
    ['catalog.product.*', 'catalog.product.price.changed', false],
    ['catalog.*', 'catalog.product.updated', false],
    ['*.product.*', 'catalog.product.updated', true],
    ['catalog.#', 'catalog', true],
    ['catalog.#', 'catalog.product.updated', true],
    ['#', '', true],
    ['#.updated', 'catalog.product.updated', true],
    ['#.updated', 'updated', true],
    ['catalog.#.updated', 'catalog.updated', true],
    ['catalog.#.updated', 'catalog.product.deleted', false],
    ['#.#', 'catalog', true],
    ['*.#.*', 'catalog', false],
    ['catalog.product', 'catalog.products', false],
  ])('%s and %s: %s', (pattern, type, expected) => {
    expect(matchesTopic(pattern, type)).toBe(expected);
  });
});
