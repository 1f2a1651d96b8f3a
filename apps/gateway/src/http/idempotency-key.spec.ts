import { Problem } from '../problems/problem.js';
import { idempotencyKey } from './idempotency-key.js';

const UUID = '8e03978e-40d5-43dd-bc93-6894a57f9324';

describe('the key of a request', () => {
  it.each([
    [undefined, undefined],
    [`"${UUID}"`, UUID],
    [UUID, UUID],
    [` ${UUID} `, UUID],
    ['"a\\"b\\\\c,;="', 'a"b\\c,;='],
    [`"${UUID}"; later=1`, UUID],
    ['x', 'x'],
    ['k'.repeat(128), 'k'.repeat(128)],
  ])('of %j is %j', (field, key) => {
    expect(idempotencyKey(field)).toBe(key);
  });

  it.each([
    '',
    '""',
    '"unfinished',
    '"a b"',
    'a b',
    '"a", "b"',
    'a, a',
    ['a', 'a'],
    '12.5.6, 7',
    ':Zm9v:;x',
    'ü',
    '"\t"',
    'k'.repeat(129),
    `"${'k'.repeat(129)}"`,
  ])('cannot be %j', (field) => {
    expect(() => idempotencyKey(field)).toThrow(Problem);
    expect(() => idempotencyKey(field)).toThrow('Idempotency-Key must be one string of 1 to 128');
  });
});
