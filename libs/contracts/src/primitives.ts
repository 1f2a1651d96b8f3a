import { z } from 'zod';

/** A UUID in lower case, the only form of an id that crosses a boundary; any that PostgreSQL takes, whatever its version bits. */
export const Id = z.guid().toLowerCase();

/** A row's version: a positive integer that rises with every change of the row and is never used twice. */
export const Version = z.number().int().positive();

/** An amount of money in minor units (cents, paise), 0 to 1,000,000,000. */
export const PriceMinor = z.number().int().min(0).max(1_000_000_000);

/** An ISO 4217 currency code in upper case. */
export const Currency = z.string().regex(/^[A-Z]{3}$/, 'must be three upper-case letters');

/** An instant as RFC 3339 text in UTC. */
export const Instant = z.iso.datetime();

/** How many items a page holds: 1 to 100, 20 unless told. */
export const PageLimit = z.number().int().min(1).max(100).default(20);

/** An opaque position in a list; only the service that made it can read it. Long enough for the longest name in any script. */
export const Cursor = z.string().min(1).max(2048);

/** Text for people: trimmed, well-formed Unicode without control characters, 1 to `max` characters. */
export function text(max: number): z.ZodType<string, string> {
  return z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((value) => value.isWellFormed() && !/\p{Cc}/u.test(value), 'must not contain control characters');
}

/** Several lines of text: as {@link text}, but empty text and line breaks are allowed. */
export function longText(max: number): z.ZodType<string, string> {
  return z
    .string()
    .trim()
    .max(max)
    .refine((value) => value.isWellFormed() && !/[^\P{Cc}\n\r\t]/u.test(value), 'must not contain control characters');
}

/** A page of a list; `nextCursor` is `null` at the end. */
export function page<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ items: z.ZodArray<Item>; nextCursor: z.ZodNullable<typeof Cursor> }> {
  return z.object({ items: z.array(item), nextCursor: Cursor.nullable() });
}
