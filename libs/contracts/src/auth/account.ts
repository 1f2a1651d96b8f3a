import { z } from 'zod';
import { Id, Instant, Version } from '../primitives.js';

export const Role = z.enum(['customer', 'editor', 'operator']);
export type Role = z.infer<typeof Role>;

/** An e-mail address as people type it: trimmed, lower case, at most 254 characters. */
export const Email = z.string().trim().toLowerCase().max(254).pipe(z.email());

const MIN_PASSWORD_POINTS = 15;
const MAX_PASSWORD_POINTS = 128;

/** In code points: an emoji is one, however it is stored. */
const lengthOf = (text: string): number => Array.from(text).length;

/** 15 to 128 code points of well-formed Unicode, compared in NFKC. No composition rules. */
export const NewPassword = z
  .string()
  .refine((value) => value.isWellFormed(), 'must be well-formed Unicode')
  .transform((value) => value.normalize('NFKC'))
  .pipe(
    z
      .string()
      .min(MIN_PASSWORD_POINTS)
      .max(2 * MAX_PASSWORD_POINTS),
  )
  .refine((value) => lengthOf(value) >= MIN_PASSWORD_POINTS, `must have at least ${MIN_PASSWORD_POINTS} characters`)
  .refine((value) => lengthOf(value) <= MAX_PASSWORD_POINTS, `must have at most ${MAX_PASSWORD_POINTS} characters`);

/** A password that somebody claims is theirs: any text up to 1,024 characters, compared in NFKC. */
export const ClaimedPassword = z
  .string()
  .min(1)
  .max(1_024)
  .transform((value) => value.normalize('NFKC'));

/** An account as its owner sees it. */
export const Account = z.object({ id: Id, email: z.string(), roles: z.array(Role), createdAt: Instant });
export type Account = z.infer<typeof Account>;

/** Who is calling, as the auth service found out. `sessionId` is public: it is not the cookie's secret. */
export const Principal = z.object({ accountId: Id, roles: z.array(Role), sessionId: Id });
export type Principal = z.infer<typeof Principal>;

/** One of an account's sessions, as its owner sees it; never a secret. */
export const SessionView = z.object({
  id: Id,
  device: z.string(),
  createdAt: Instant,
  lastSeenAt: Instant,
  current: z.boolean(),
});
export type SessionView = z.infer<typeof SessionView>;

export const Preferences = z.object({
  locale: z.string().regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'must be a language tag such as en or en-GB'),
  currency: z.string().regex(/^[A-Z]{3}$/, 'must be three upper-case letters'),
  theme: z.enum(['system', 'light', 'dark']),
});
export type Preferences = z.infer<typeof Preferences>;

/** Preferences with the version that If-Match compares. */
export const VersionedPreferences = Preferences.extend({ version: Version });
export type VersionedPreferences = z.infer<typeof VersionedPreferences>;

/** What a person may change; at least one field. */
export const PreferencesChanges = z
  .strictObject({
    locale: Preferences.shape.locale.optional(),
    currency: Preferences.shape.currency.optional(),
    theme: Preferences.shape.theme.optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'must change at least one field');
export type PreferencesChanges = z.output<typeof PreferencesChanges>;
