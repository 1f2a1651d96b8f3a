import { DEMO_ACCOUNTS } from '../demo-accounts.js';
import { weaknessOf } from './password-policy.js';

const EMAIL = 'jane.appleseed@orchards.example';

describe('weaknessOf', () => {
  it.each([
    'passwordpassword',
    'Password-Password-1',
    'correct horse battery staple',
    'Change_Me, please!',
    'aaaaaaaaaaaaaaaa',
    'abcabcabcabcabcabc',
    '12345 12345 12345',
    '123456789012345',
    '987654321098765',
    'abcdefghijklmnop',
    'qwertyuiopasdfgh',
    'jane.appleseed1234',
    'jane.appleseed@orchards.example',
    'larder larder 2024',
    'appleseed-larder-99',
    '!!!!!!!!!!!!!!!!!!',
    'polniypizdec0211',
    'Password123456789',
    '2024 monkey monkey!',
    'P@ssw0rd-P@ssw0rd',
    'iloveyou!!!!!!!!!!!!',
    'TrustNo1-TrustNo1-TrustNo1',
    '31-12-1999-dragon-31-12-1999',
    'manchester united',
    'i love you forever 99',
    '123456000000987',
    '1111112222223333',
  ])('refuses %s', (password) => {
    expect(weaknessOf(password, EMAIL)).toEqual(expect.any(String));
  });

  it.each([
    'a walk to the far orchard',
    'x8f2k9q1m4z7c3v',
    'dragon monkey shadow',
    'my dragon is from Reykjavik',
    '840279361508462',
    'größer als ein Haus',
    '蘋果樹在山上開了很多花朵了嗎',
    '🍎🥝🍇🍓🍒🍌🍋🍐🍏🍉🍈🍊🥭🍍🥥',
  ])('takes %s', (password) => {
    expect(weaknessOf(password, EMAIL)).toBeNull();
  });

  it('takes the passwords of the demo accounts', () => {
    for (const { password, email } of DEMO_ACCOUNTS) expect(weaknessOf(password, email)).toBeNull();
  });

  it('is quick on the longest password', () => {
    for (const password of [
      `${'ab'.repeat(63)}c`,
      `${'1234567890'.repeat(12)}dragons`,
      `1${'q1w2e3r4'.repeat(15)}x`,
      '19'.repeat(64),
    ]) {
      const began = performance.now();
      weaknessOf(password, EMAIL);
      expect(performance.now() - began).toBeLessThan(50);
    }
  });
});
