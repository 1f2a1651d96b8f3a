import { readSecret, sessionCookie } from './session-cookie.js';

describe('readSecret', () => {
  it.each([
    ['__Host-sid=abc', 'abc'],
    ['theme=dark; __Host-sid=abc;x=y', 'abc'],
    ['__Host-sid=a=b', 'a=b'],
    ['__Host-sid="abc"', '"abc"'],
    ['__host-sid=abc', null],
    ['x__Host-sid=abc', null],
    ['__Host-sid=', null],
    ['__Host-sid', null],
    [`__Host-sid=${'a'.repeat(257)}`, null],
    ['', null],
    [undefined, null],
  ])('in %s is %s', (field, secret) => {
    expect(readSecret(field)).toBe(secret);
  });

  it('refuses two, even if they are equal', () => {
    const twice = '__Host-sid=a; __Host-sid=a';
    expect(() => readSecret(twice)).toThrow(expect.objectContaining({ code: 'MALFORMED_REQUEST' }) as Error);
  });
});

describe('sessionCookie', () => {
  it('has the attributes that the name demands, also to take it away', () => {
    expect(sessionCookie('abc')).toBe('__Host-sid=abc; Path=/; HttpOnly; Secure; SameSite=Lax');
    expect(sessionCookie(null)).toBe('__Host-sid=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax');
  });
});
