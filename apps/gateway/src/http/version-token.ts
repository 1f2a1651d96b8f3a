import { VersionedKind, VersionedName, type Versions } from '@larder/contracts';
import { parseDictionary, serializeDictionary, type Dictionary } from 'structured-headers';
import { Problem } from '../problems/problem.js';

/**
 * The version token: a dictionary (RFC 9651) from names to versions, such as `product-<uuid>=57, stock-<uuid>=61`. In an
 * answer it names what was shown or changed; in a request it says: show me nothing older.
 */
export const VERSION_FIELD = 'Larder-Version';

/** Two answers' worth, which always fits: a member has at most 62 characters, and two more to the next. */
const MAX_MEMBERS = 64;
const MAX_CHARS = 4_096;

const KINDS = VersionedKind.options.map((kind) => `${kind}-`);

/**
 * The versions that a request's token names, at most 64; kinds that are not known here are left out, parameters ignored.
 *
 * @throws {Problem} MALFORMED_REQUEST naming the field, when it is no dictionary, too large, or gives something known no
 *   version
 */
export function readVersions(field: string | readonly string[] | undefined): Versions {
  if (field === undefined) return {};
  const text = typeof field === 'string' ? field : field.join(', ');
  if (text.length > MAX_CHARS) throw refusal(`must have at most ${MAX_CHARS} characters`);
  const members = dictionaryOf(text);
  if (members.size > MAX_MEMBERS) throw refusal(`must have at most ${MAX_MEMBERS} members`);
  const known = [...members].filter(([name]) => KINDS.some((kind) => name.startsWith(kind)));
  return Object.fromEntries(known.map(([name, [value]]) => [name, versionOf(name, value)]));
}

/** The field of an answer that names `versions`, in their order; `undefined` when there are none. */
export function versionToken(versions: Versions): string | undefined {
  return Object.keys(versions).length === 0 ? undefined : serializeDictionary(versions);
}

/** The newer version of each name. */
export function newest(some: Versions, others: Versions): Versions {
  const merged: Record<string, number> = { ...some };
  for (const [name, version] of Object.entries(others)) merged[name] = Math.max(version, merged[name] ?? 0);
  return merged;
}

function dictionaryOf(text: string): Dictionary {
  try {
    return parseDictionary(text);
  } catch (error) {
    throw refusal('must be a dictionary of RFC 9651, such as product-<uuid>=57', error);
  }
}

function versionOf(name: string, value: unknown): number {
  if (!VersionedName.safeParse(name).success) throw refusal(`names nothing by ${name}: an id is a UUID in lower case`);
  if (!Number.isSafeInteger(value) || Number(value) < 1)
    throw refusal(`must give ${name} a version, an integer from 1`);
  return Number(value);
}

function refusal(detail: string, cause?: unknown): Problem {
  const errors = [{ in: 'header', field: VERSION_FIELD, detail } as const];
  return new Problem('MALFORMED_REQUEST', `The field ${VERSION_FIELD} ${detail}.`, { errors, cause });
}
