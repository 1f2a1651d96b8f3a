import { cookieValues, setCookie } from './cookies.js';
import { Problem } from '../problems/problem.js';

/** The session cookie's name; the prefix makes browsers insist on Secure, Path=/ and no Domain. */
export const SESSION_COOKIE = '__Host-sid';

const MAX_SECRET_CHARS = 256;

/**
 * The secret in a Cookie field as it came; `null` when there is none, when it is empty, or when it is longer than
 * any secret of ours.
 *
 * @throws {Problem} MALFORMED_REQUEST when the cookie is there twice: which one is meant cannot be known
 */
export function readSecret(field: string | undefined): string | null {
  const values = cookieValues(field, SESSION_COOKIE);
  if (values.length > 1) {
    const errors = [{ in: 'header', field: 'Cookie', detail: `holds ${SESSION_COOKIE} more than once` } as const];
    throw new Problem('MALFORMED_REQUEST', 'The session cookie is there more than once.', { errors });
  }
  return soleSecret(field);
}

/** As {@link readSecret}, for what does without a session: `null` also when the cookie is there twice. */
export function soleSecret(field: string | undefined): string | null {
  const [secret = '', ...others] = cookieValues(field, SESSION_COOKIE);
  return secret === '' || others.length > 0 || secret.length > MAX_SECRET_CHARS ? null : secret;
}

/** The Set-Cookie field that gives the browser `secret`, or with `null` takes the cookie away. */
export function sessionCookie(secret: string | null): string {
  return setCookie(SESSION_COOKIE, secret ?? '', { sameSite: 'Lax', ...(secret === null && { maxAge: 0 }) });
}
