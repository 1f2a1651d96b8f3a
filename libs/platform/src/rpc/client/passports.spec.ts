import { jest } from '@jest/globals';
import { checkPassport, passportKey } from '../passport.js';
import { Passports } from './passports.js';

const KEY = 'a key of at least thirty-two bytes';
const passports = (): Passports => new Passports({ service: 'gateway', upstream: 'catalog', key: KEY });
const somebody = { accountId: 'a', roles: ['editor'], sessionId: 's' };
const check = (passport: unknown, pattern: string) =>
  checkPassport(passport, { audience: 'catalog', pattern }, new Map([['gateway', passportKey(KEY)]]));

describe('passports', () => {
  it('for nobody are shared by the calls of one procedure, and good for no other', () => {
    const some = passports();
    expect(some.of('product.get', null)).toBe(some.of('product.get', null));
    expect(check(some.of('product.get', null), 'product.get')).toEqual({ issuer: 'gateway', principal: null });
    expect(check(some.of('product.get', null), 'stock.get')).toEqual({ fault: 'not genuine' });
    expect(check(some.of('stock.get', null), 'stock.get')).toEqual({ issuer: 'gateway', principal: null });
  });

  it('for somebody are never given to anybody else', () => {
    const some = passports();
    some.of('product.get', null);
    expect(check(some.of('product.get', somebody), 'product.get')).toMatchObject({ principal: somebody });
    expect(check(some.of('product.get', null), 'product.get')).toMatchObject({ principal: null });
  });

  it('are issued anew after a second, and when the clock was set back', () => {
    const now = jest.spyOn(Date, 'now');
    try {
      now.mockReturnValue(1_000_000);
      const some = passports();
      const first = some.of('product.get', null);
      now.mockReturnValue(1_000_999);
      expect(some.of('product.get', null)).toBe(first);
      now.mockReturnValue(1_001_000);
      expect(some.of('product.get', null)).toMatchObject({ issued: 1_001_000 });
      now.mockReturnValue(900_000);
      expect(some.of('product.get', null)).toMatchObject({ issued: 900_000 });
    } finally {
      now.mockRestore();
    }
  });
});
