import { createHash } from 'node:crypto';
import type { Tag } from './invalidation.js';

const MAX_PART_CHARS = 128;
const NAME = /^[a-z][a-z0-9_-]{0,63}$/;
const PLAIN = /^[A-Za-z0-9._-]+$/;

/** What may not be the name of an entity, because keys of another kind begin so. */
const RESERVED = ['tag', 'generation'];

/** Builds `service:entity:id`, the only form of a key. @throws {TypeError} as {@link keyPrefix} and {@link keyPart} */
export function buildKey(service: string, entity: string, id: string): string {
  return keyPrefix(service, entity) + keyPart(id);
}

/**
 * An id as it stands in a key.
 *
 * An id of letters, digits, dots, dashes and underscores, at most 128 of them, stands as it is; any other
 * becomes `#` and the SHA-256 of its UTF-16 units in hex. A plain id never contains `#`, so two different ids never meet on one key.
 *
 * @throws {TypeError} if it is empty
 */
export function keyPart(id: string): string {
  if (id === '') throw new TypeError('A cache key needs an id that is not empty');
  if (id.length <= MAX_PART_CHARS && PLAIN.test(id)) return id;
  return `#${createHash('sha256').update(id, 'utf16le').digest('hex')}`;
}

/**
 * The part of a key that all ids of one entity share: `service:entity:`, from the second schema version on
 * `service:entity.v2:`. @throws {TypeError} for a name that is not lower case, or reserved
 */
export function entityPrefix(service: string, entity: string, schemaVersion: number): string {
  if (RESERVED.includes(entity))
    throw new TypeError(`"${entity}" names keys of another kind, so it cannot be an entity`);
  const prefix = keyPrefix(service, entity);
  return schemaVersion === 1 ? prefix : `${prefix.slice(0, -1)}.v${schemaVersion}:`;
}

/** `service:entity:`. @throws {TypeError} for a name that is not lower case */
export function keyPrefix(service: string, entity: string): string {
  for (const name of [service, entity]) {
    if (!NAME.test(name)) throw new TypeError(`A cache key's service and entity are lower-case names, not "${name}"`);
  }
  return `${service}:${entity}:`;
}

/** The key of an entity's generation, the tag of all its entries: `service:generation:entity`. */
export function generationTag(service: string, entity: string): Tag {
  return `${keyPrefix(service, 'generation')}${entity}` as Tag;
}

/** Where the number is kept up to which a service's chain of changes is applied. */
export function chainKey(service: string): string {
  return `${service}:chain`;
}

/** Where the certificate of a service is kept. */
export function certificateKey(service: string): string {
  return `${service}:certificate`;
}

/** Whether a tag is the generation of a space. */
export function isGeneration(tag: Tag): boolean {
  return tag.split(':', 2)[1] === 'generation';
}

/** The generation of the space that an entry's key belongs to. */
export function generationOf(key: string): Tag {
  const from = key.indexOf(':') + 1;
  const entity = key.slice(from, key.indexOf(':', from));
  return `${key.slice(0, from)}generation:${entity.replace(/\.v\d+$/, '')}` as Tag;
}

/** The service that a key belongs to. */
export function serviceOf(key: string): string {
  return key.slice(0, key.indexOf(':'));
}

/** One id for a query: equal for queries with equal fields, whatever their order. Undefined fields count as absent. @throws {TypeError} for a number that is not finite */
export function hashId(query: Readonly<Record<string, string | number | boolean | null | undefined>>): string {
  for (const [name, value] of Object.entries(query)) {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new TypeError(`${name} is no finite number: ${value}`);
  }
  const fields = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(fields)).digest('base64url');
}
