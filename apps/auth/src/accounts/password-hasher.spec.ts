import { TooManyPasswords } from './domain/account-errors.js';
import { PasswordHasher } from './password-hasher.js';

describe('PasswordHasher', () => {
  it('lets 34 of anybody in, and those who are known although these fill their room', async () => {
    const hasher = new PasswordHasher();
    const wait = async (times: number, visitor: 'anybody' | 'known') =>
      Promise.allSettled(Array.from({ length: times }, () => hasher.hash('a password', visitor)));
    const [strangers, known] = await Promise.all([wait(40, 'anybody'), wait(9, 'known')]);
    const refused = [strangers, known].map((all) => all.flatMap((one) => (one.status === 'rejected' ? [one] : [])));
    expect(refused.map(({ length }) => length)).toEqual([6, 1]);
    expect(refused.flat().every(({ reason }) => reason instanceof TooManyPasswords)).toBe(true);
    expect(await hasher.hash('a password')).toMatch(/^\$argon2id\$/);
  });

  it('tells a hash of today from others', async () => {
    const hasher = new PasswordHasher();
    expect(hasher.isOfToday(await hasher.hash('a password'))).toBe(true);
    const rest = '$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g';
    for (const form of [
      '$argon2id$v=19$m=8192,t=2,p=1',
      '$argon2i$v=19$m=19456,t=2,p=1',
      '$argon2id$v=19$m=19456,t=2,p=10',
    ]) {
      expect(hasher.isOfToday(form + rest)).toBe(false);
    }
  });

  it('finds no password right without a hash', async () => {
    const hasher = new PasswordHasher();
    expect(await hasher.verify(null, 'a password')).toBe(false);
    expect(await hasher.verify(await hasher.hash('a password'), 'a password')).toBe(true);
  });
});
