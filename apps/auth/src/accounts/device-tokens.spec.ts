import { DeviceTokens } from './device-tokens.js';

const KEY = 'k'.repeat(32);
const EMAIL = 'jane@orchards.example';
const YEAR_MS = 365 * 24 * 60 * 60_000;

describe('DeviceTokens', () => {
  it('recognises its own token for a year, under one name that no other has', () => {
    let now = Date.UTC(2025, 5, 1);
    const tokens = new DeviceTokens(KEY, () => now);
    const [token, other] = [tokens.issue(EMAIL), tokens.issue(EMAIL)];
    const name = tokens.recognise(token, EMAIL);
    expect(name).toMatch(/^[\w-]{22}$/);
    expect(tokens.recognise(other, EMAIL)).not.toBe(name);
    now += YEAR_MS - 1_000;
    expect(tokens.recognise(token, EMAIL)).toBe(name);
    now += 2_000;
    expect(tokens.recognise(token, EMAIL)).toBeNull();
  });

  it('recognises none of another account, of another key, or that was changed', () => {
    const tokens = new DeviceTokens(KEY);
    const token = tokens.issue(EMAIL);
    const [issued = '', name = '', mac = ''] = token.split('.');
    const later = (Number.parseInt(issued, 36) + 1).toString(36);
    expect(tokens.recognise(token, `a${EMAIL}`)).toBeNull();
    expect(new DeviceTokens('j'.repeat(32)).recognise(token, EMAIL)).toBeNull();
    for (const changed of [
      `${later}.${name}.${mac}`,
      `${issued}.${'A'.repeat(22)}.${mac}`,
      `${issued}.${name}.${'A'.repeat(43)}`,
      `${issued}.${name}.`,
      `${token}.`,
      ` ${token}`,
      `${token}\n`,
      '',
      'é'.repeat(70),
      undefined,
    ]) {
      expect(tokens.recognise(changed, EMAIL)).toBeNull();
    }
  });

  it('says nothing of the account', () => {
    const token = new DeviceTokens(KEY).issue(EMAIL);
    expect(token.length).toBeLessThan(80);
    expect(Buffer.from(token, 'base64url').toString('latin1')).not.toContain('jane');
  });
});
