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
  ])('refuses %s', (password) => {
    expect(weaknessOf(password, EMAIL)).toEqual(expect.any(String));
  });

  it.each([
    'a walk to the far orchard',
    'x8f2k9q1m4z7c3v',
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
    const began = performance.now();
    weaknessOf(`${'ab'.repeat(63)}c`, EMAIL);
    expect(performance.now() - began).toBeLessThan(50);
  });
});
