/** Demanded by the prefix `__Host-` of a cookie's name, and kept from scripts. */
const ATTRIBUTES = 'Path=/; HttpOnly; Secure';

/** The values that a Cookie field gives the cookie `name`, as they came; usually one or none. */
export function cookieValues(field: string | undefined, name: string): string[] {
  return (field ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
}

/** How a cookie is kept. */
export interface CookieKeeping {
  readonly sameSite: 'Lax' | 'Strict';
  /** In seconds; 0 takes the cookie away. Without it, it is kept until the browser ends. */
  readonly maxAge?: number;
}

/** The Set-Cookie field of a cookie whose name begins with `__Host-`. */
export function setCookie(name: string, value: string, { sameSite, maxAge }: CookieKeeping): string {
  const age = maxAge === undefined ? '' : `Max-Age=${maxAge}; `;
  return `${name}=${value}; ${age}${ATTRIBUTES}; SameSite=${sameSite}`;
}
