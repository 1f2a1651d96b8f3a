import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { Caller } from './caller.js';
import { isRecord } from './record.js';

const MIN_KEY_BYTES = 32;
const LIFETIME_MS = 60_000;
/** How far ahead the caller's clock may run. */
const MAX_SKEW_MS = 5_000;

/**
 * Proof of who calls, and for whom: an HMAC over all of its fields, the audience and the pattern, under the key of that
 * pair of services. It is good for one procedure of one service, for {@link LIFETIME_MS}. Times are milliseconds since the epoch.
 */
export interface Passport {
  readonly issuer: string;
  readonly subject: string | null;
  readonly roles: readonly string[];
  readonly session: string | null;
  readonly issued: number;
  readonly expiry: number;
  readonly mac: string;
}

/** What a passport is good for: a procedure (its message pattern) of a service (the audience). */
export interface PassportUse {
  readonly audience: string;
  readonly pattern: string;
}

type Claims = Omit<Passport, 'mac'>;

/** Makes the key of a pair of services. @throws {TypeError} if `text` is shorter than 32 bytes */
export function passportKey(text: string): KeyObject {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length < MIN_KEY_BYTES) throw new TypeError(`A service key has at least ${MIN_KEY_BYTES} bytes of text`);
  return createSecretKey(bytes);
}

/** Issues a passport for one call. `principal` is `null` when nobody is signed in. */
export function issuePassport(key: KeyObject, issuer: string, use: PassportUse, principal: Caller | null): Passport {
  const issued = Date.now();
  const claims: Claims = {
    issuer,
    subject: principal?.accountId ?? null,
    roles: principal?.roles ?? [],
    session: principal?.sessionId ?? null,
    issued,
    expiry: issued + LIFETIME_MS,
  };
  return { ...claims, mac: sign(key, claims, use).toString('base64url') };
}

/** Why a passport is not accepted. For the log only: a forger learns nothing. */
export type PassportFault = 'malformed' | 'unknown issuer' | 'not genuine' | 'not valid yet' | 'expired';

/** Checks a passport as it came off the wire. @returns who issued it and for whom (`null`: nobody signed in), or what is wrong */
export function checkPassport(
  value: unknown,
  use: PassportUse,
  keys: ReadonlyMap<string, KeyObject>,
): { readonly issuer: string; readonly principal: Caller | null } | { readonly fault: PassportFault } {
  if (!isPassport(value)) return { fault: 'malformed' };
  const key = keys.get(value.issuer);
  if (key === undefined) return { fault: 'unknown issuer' };
  if (!isGenuine(key, value, use)) return { fault: 'not genuine' };
  const nowMs = Date.now();
  if (value.issued > nowMs + MAX_SKEW_MS) return { fault: 'not valid yet' };
  if (value.expiry <= nowMs || value.expiry - value.issued > LIFETIME_MS) return { fault: 'expired' };
  return { issuer: value.issuer, principal: principalOf(value) };
}

function isGenuine(key: KeyObject, passport: Passport, use: PassportUse): boolean {
  const mac = Buffer.from(passport.mac, 'base64url');
  const expected = sign(key, passport, use);
  return mac.length === expected.length && timingSafeEqual(mac, expected);
}

/** The text is a JSON array, so that no two sets of fields ever give the same text. */
function sign(key: KeyObject, { issuer, subject, roles, session, issued, expiry }: Claims, use: PassportUse): Buffer {
  const text = JSON.stringify([issuer, use.audience, use.pattern, subject, roles, session, issued, expiry]);
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

function principalOf({ subject, roles, session }: Passport): Caller | null {
  return subject === null || session === null ? null : { accountId: subject, roles, sessionId: session };
}

function isPassport(value: unknown): value is Passport {
  if (!isRecord(value)) return false;
  const { issuer, mac, issued, expiry, subject, session, roles } = value;
  return (
    [issuer, mac].every(isText) &&
    [issued, expiry].every(Number.isSafeInteger) &&
    [subject, session].every((field) => field === null || isText(field)) &&
    Array.isArray(roles) &&
    roles.every(isText)
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
