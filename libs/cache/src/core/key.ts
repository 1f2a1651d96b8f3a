import { createHash } from 'node:crypto';

const MAX_PART_CHARS = 128;
const NAME = /^[a-z][a-z0-9_-]{0,63}$/;
const PLAIN = /^[A-Za-z0-9._-]+$/;

/**
 * Builds `service:entity:id`, the only form of a key in Redis.
 *
 * An id of letters, digits, dots, dashes and underscores, at most 128 of them, stands as it is; any other
 * becomes `#` and its SHA-256 in hex. A plain id never contains `#`, so two different ids never meet on one key.
 *
 * @throws {TypeError} if `service` or `entity` is not a lower-case name, or `id` is empty
 */
export function buildKey(service: string, entity: string, id: string): string {
  return `${keyPrefix(service, entity)}${keyPart(id)}`;
}

/** The part of a key that all ids of one entity share, with its colon. @throws {TypeError} for a name that is not lower case */
export function keyPrefix(service: string, entity: string): string {
  for (const name of [service, entity]) {
    if (!NAME.test(name)) throw new TypeError(`A cache key's service and entity are lower-case names, not "${name}"`);
  }
  return `${service}:${entity}:`;
}

/** An id as it stands in a key. @throws {TypeError} if it is empty */
export function keyPart(id: string): string {
  if (id === '') throw new TypeError('A cache key needs an id that is not empty');
  if (id.length <= MAX_PART_CHARS && PLAIN.test(id)) return id;
  return `#${createHash('sha256').update(id, 'utf8').digest('hex')}`;
}

/** One id for a query: equal for queries with equal fields, whatever their order. Undefined fields count as absent. */
export function hashId(query: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  const fields = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
}
