import { stableId } from './stable-id.js';

it('a stable id is a UUID of version 5, the same for ever', () => {
  expect(stableId('product:BB-1')).toBe('792a33bd-4db2-5e07-8837-09e5858e4f91');
  expect(stableId('product:BB-2')).toMatch(/^[\da-f]{8}-[\da-f]{4}-5[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});
