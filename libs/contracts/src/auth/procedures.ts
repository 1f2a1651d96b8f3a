import { defineProcedure } from '@larder/platform';
import { z } from 'zod';
import { Versions } from '../catalog/versions.js';
import { Id, Version } from '../primitives.js';
import {
  Account,
  ClaimedPassword,
  Email,
  NewPassword,
  PreferencesChanges,
  Principal,
  SessionView,
  VersionedPreferences,
} from './account.js';
import { CartLines, Quantity } from './cart.js';

const MAX_SECRET_CHARS = 256;

/** How many sessions {@link auth.recall} takes at most. */
export const MAX_RECALLED = 100;

/** The secret from the session cookie, as it came; `null` when there was no cookie. Nothing about its form is assumed. */
const Secret = z.string().max(MAX_SECRET_CHARS).nullable();

/** What the gateway does with the cookie: set this secret, clear it (`null`), or leave it alone (absent). */
const CookieOrder = z.object({ secret: z.string().nullable() }).optional();

/** The network address that the person's request came from, of IPv6 its network, for limits on attempts; absent when nobody knows. */
const Address = z.string().min(1).max(64).optional();

/** What a device was given when an account signed in on it, as it came; absent where there is none. Nothing about its form is assumed. */
const DeviceToken = z.string().max(256).optional();

const withCookie = <Shape extends z.ZodRawShape>(shape: Shape) => z.object({ ...shape, cookie: CookieOrder });
const withLines = withCookie({
  lines: CartLines,
  /** What {@link auth.recall} answers, at no further price; absent where there is no session. */
  versions: Versions.optional(),
});
const withSecret = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject({ secret: Secret, ...shape });

const read = { policy: 'anyone', retryable: true } as const;
const write = { policy: 'anyone', retryable: false } as const;

/**
 * Every call the auth service answers. The session's secret is the credential, so every policy here is `anyone`
 * and the service itself decides; SESSION_REQUIRED is thrown when a signed-in session is needed and absent.
 */
export const auth = {
  /** Who holds this secret; `principal` is `null` for no session and for an anonymous one. */
  validate: defineProcedure({
    pattern: 'auth.session.validate',
    input: withSecret({}),
    output: withCookie({ principal: Principal.nullable() }),
    ...read,
  }),
  /**
   * Of each secret the versions that its session's own changes made, as far as it remembers them; none without a session.
   * Neither a use of a session nor a check of a secret: it only has to name its session. Many at once, because a call costs
   * more than a look.
   */
  recall: defineProcedure({
    pattern: 'auth.sessions.recall',
    input: z.strictObject({ secrets: z.array(z.string().max(MAX_SECRET_CHARS)).min(1).max(MAX_RECALLED) }),
    output: z.object({ versions: z.array(Versions) }),
    ...read,
  }),
  /** Makes the session remember versions that a change of its holder made, the last 32 names; without a session nothing. */
  remember: defineProcedure({
    pattern: 'auth.session.remember',
    input: withSecret({ versions: Versions }),
    output: z.null(),
    ...write,
  }),
  /** Answers alike for a new and a known e-mail address. @throws PASSWORD_REFUSED, TOO_MANY_ATTEMPTS, OVERLOADED */
  register: defineProcedure({
    pattern: 'auth.account.register',
    input: z.strictObject({ email: Email, password: NewPassword, address: Address }),
    output: z.null(),
    ...write,
  }),
  /**
   * Changes the secret and merges the anonymous cart. The token that it answers is for the device to keep: sent with later sign-ins
   * to this account, it lets them be counted apart from everybody else's.
   *
   * @throws CREDENTIALS_REFUSED, TOO_MANY_ATTEMPTS, OVERLOADED
   */
  login: defineProcedure({
    pattern: 'auth.account.login',
    input: withSecret({
      email: Email,
      password: ClaimedPassword,
      device: z.string().max(200),
      address: Address,
      deviceToken: DeviceToken,
    }),
    output: withCookie({ account: Account, deviceToken: DeviceToken }),
    ...write,
  }),
  logout: defineProcedure({
    pattern: 'auth.account.logout',
    input: withSecret({}),
    output: withCookie({}),
    ...write,
  }),
  /** @throws SESSION_REQUIRED, CREDENTIALS_REFUSED, TOO_MANY_ATTEMPTS */
  reauthenticate: defineProcedure({
    pattern: 'auth.account.reauthenticate',
    input: withSecret({ password: ClaimedPassword }),
    output: withCookie({ account: Account }),
    ...write,
  }),
  /** Ends all other sessions. @throws SESSION_REQUIRED, CREDENTIALS_REFUSED, PASSWORD_REFUSED, TOO_MANY_ATTEMPTS */
  changePassword: defineProcedure({
    pattern: 'auth.account.change-password',
    input: withSecret({ currentPassword: ClaimedPassword, newPassword: NewPassword }),
    output: withCookie({}),
    ...write,
  }),
  /** @throws SESSION_REQUIRED */
  me: defineProcedure({
    pattern: 'auth.account.me',
    input: withSecret({}),
    output: withCookie({ account: Account }),
    ...read,
  }),
  /** @throws SESSION_REQUIRED */
  listSessions: defineProcedure({
    pattern: 'auth.session.list',
    input: withSecret({}),
    output: withCookie({ items: z.array(SessionView) }),
    ...read,
  }),
  /** @throws SESSION_REQUIRED, SESSION_NOT_FOUND, and REAUTHENTICATION_REQUIRED for another session than this one */
  revokeSession: defineProcedure({
    pattern: 'auth.session.revoke',
    input: withSecret({ id: Id }),
    output: withCookie({}),
    ...write,
  }),
  /** Ends the account's other sessions; with `includeCurrent` this one too. @throws SESSION_REQUIRED, REAUTHENTICATION_REQUIRED */
  revokeSessions: defineProcedure({
    pattern: 'auth.session.revoke-all',
    input: withSecret({ includeCurrent: z.boolean() }),
    output: withCookie({}),
    ...write,
  }),
  /** @throws SESSION_REQUIRED */
  getPreferences: defineProcedure({
    pattern: 'auth.preferences.get',
    input: withSecret({}),
    output: withCookie({ preferences: VersionedPreferences }),
    ...read,
  }),
  /** @throws SESSION_REQUIRED, VERSION_CONFLICT */
  updatePreferences: defineProcedure({
    pattern: 'auth.preferences.update',
    input: withSecret({ expectedVersion: Version, changes: PreferencesChanges }),
    output: withCookie({ preferences: VersionedPreferences }),
    ...write,
  }),
  /** The cart of the account, or of the anonymous session; empty without either. @throws SESSION_REQUIRED for a secret just replaced */
  getCart: defineProcedure({
    pattern: 'auth.cart.get',
    input: withSecret({}),
    output: withLines,
    ...read,
  }),
  /** Adds to a line, at most to 99. Starts an anonymous session where there is none. @throws CART_FULL */
  addToCart: defineProcedure({
    pattern: 'auth.cart.add',
    input: withSecret({ productId: Id, quantity: Quantity }),
    output: withLines,
    ...write,
  }),
  /** Sets a line's quantity. Starts an anonymous session where there is none. @throws CART_FULL */
  setCartLine: defineProcedure({
    pattern: 'auth.cart.set',
    input: withSecret({ productId: Id, quantity: Quantity }),
    output: withLines,
    ...write,
  }),
  removeFromCart: defineProcedure({
    pattern: 'auth.cart.remove',
    input: withSecret({ productId: Id }),
    output: withLines,
    ...write,
  }),
  clearCart: defineProcedure({
    pattern: 'auth.cart.clear',
    input: withSecret({}),
    output: withLines,
    ...write,
  }),
};
