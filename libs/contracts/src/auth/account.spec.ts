import { NewPassword } from './account.js';

describe('a new password', () => {
  it.each([
    ['a'.repeat(14), false],
    ['a'.repeat(15), true],
    ['a'.repeat(128), true],
    ['a'.repeat(129), false],
    ['🍎'.repeat(8), false],
    ['🍎'.repeat(15), true],
    ['🍎'.repeat(128), true],
    ['🍎'.repeat(129), false],
    [`${'a'.repeat(14)}\ud83c`, false],
  ])('%j is one: %s', (text, accepted) => {
    expect(NewPassword.safeParse(text).success).toBe(accepted);
  });

  it('is the same however its letters are put together', () => {
    const [composed, taken] = ['caf\u00e9 at the corner', 'cafe\u0301 at the corner'];
    expect(NewPassword.parse(taken)).toBe(NewPassword.parse(composed));
  });
});
