import { deviceCookie, deviceTokenIn } from './device-cookie.js';

describe('deviceTokenIn', () => {
  it.each([
    ['__Host-device=abc', 'abc'],
    ['__Host-sid=s; __Host-device=abc', 'abc'],
    ['__Host-device=a; __Host-device=b', undefined],
    ['__Host-device=', undefined],
    [`__Host-device=${'a'.repeat(257)}`, undefined],
    ['x__Host-device=abc', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('in %s is %s', (field, token) => {
    expect(deviceTokenIn(field)).toBe(token);
  });
});

it('is kept for a year, from scripts and from other sites', () => {
  expect(deviceCookie('abc')).toBe('__Host-device=abc; Max-Age=31536000; Path=/; HttpOnly; Secure; SameSite=Strict');
});
