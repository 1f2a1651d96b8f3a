import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const NONCE_BYTES = 16;
const MS_PER_SECOND = 1_000;
const LIFE_SECONDS = 365 * 24 * 60 * 60;
const FORM = /^([\da-z]{1,9})\.([\w-]{22})\.([\w-]{43})$/;

/**
 * Tokens of devices on which somebody has signed in to an account. A token opens nothing: whoever has it may try passwords
 * for that account apart from everybody else. It holds a time, a random name and their HMAC with the address; nothing is stored.
 */
export class DeviceTokens {
  /** @param key  at least 32 bytes; with another key every device is unknown again */
  constructor(
    private readonly key: string,
    private readonly now: () => number = Date.now,
  ) {}

  /** A token for a device that `email` has just signed in on, good for a year. */
  issue(email: string): string {
    const issued = Math.floor(this.now() / MS_PER_SECOND).toString(36);
    const name = randomBytes(NONCE_BYTES).toString('base64url');
    return `${issued}.${name}.${this.mac(issued, name, email)}`;
  }

  /** The device's random name, if the token is one of ours for `email` and not too old; else `null`. */
  recognise(token: string | undefined, email: string): string | null {
    const [, issued, name, mac] = FORM.exec(token ?? '') ?? [];
    if (issued === undefined || name === undefined || mac === undefined) return null;
    if (!timingSafeEqual(Buffer.from(mac), Buffer.from(this.mac(issued, name, email)))) return null;
    return this.now() / MS_PER_SECOND - Number.parseInt(issued, 36) < LIFE_SECONDS ? name : null;
  }

  private mac(issued: string, name: string, email: string): string {
    return createHmac('sha256', this.key).update(`device\n${issued}\n${name}\n${email}`, 'utf8').digest('base64url');
  }
}
