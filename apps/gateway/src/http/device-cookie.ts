import { cookieValues, setCookie } from './cookies.js';

const DEVICE_COOKIE = '__Host-device';
const MAX_TOKEN_CHARS = 256;
const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** The token of the device in a Cookie field, as it came; `undefined` when there is none that could be ours, or more than one. */
export function deviceTokenIn(field: string | undefined): string | undefined {
  const [token = '', ...others] = cookieValues(field, DEVICE_COOKIE);
  return token === '' || others.length > 0 || token.length > MAX_TOKEN_CHARS ? undefined : token;
}

/** The Set-Cookie field that makes the browser keep the token for a year, for sign-ins on pages of this server. */
export function deviceCookie(token: string): string {
  return setCookie(DEVICE_COOKIE, token, { sameSite: 'Strict', maxAge: YEAR_SECONDS });
}
