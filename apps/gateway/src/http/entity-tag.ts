import { createHash } from 'node:crypto';
import { Problem } from '../problems/problem.js';

const MEMBER = /(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/g;
const VERSION_TAG = /^"([1-9][0-9]{0,15})"$/;

/** The strong entity tag of a row in this version. */
export function versionTag(version: number): string {
  return `"${version}"`;
}

/** The weak entity tag of a text: equal for equal texts, whatever their encoding. For lists and pages, which have no version. */
export function textTag(text: string): string {
  return `W/"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"`;
}

/** The {@link textTag} of what the client will read. */
export function contentTag(body: unknown): string {
  return textTag(JSON.stringify(body));
}

/** Whether an If-None-Match field names `etag` (weak comparison, RFC 9110 13.1.2); a field that cannot be read names nothing. */
export function namesTag(field: string | undefined, etag: string): boolean {
  if (field === undefined) return false;
  if (field.trim() === '*') return true;
  return entityTags(field).some((tag) => opaque(tag) === opaque(etag));
}

function opaque(tag: string): string {
  return tag.replace(/^W\//, '');
}

/**
 * The version that an If-Match field names.
 *
 * @throws {Problem} PRECONDITION_REQUIRED without the field or for `*`, MALFORMED_REQUEST unless it is one entity tag,
 *   VERSION_CONFLICT for a tag that no version of anything has (weak ones never match)
 */
export function expectedVersion(field: string | undefined): number {
  if (field === undefined || field.trim() === '*') {
    throw new Problem('PRECONDITION_REQUIRED', 'Send If-Match with the ETag of the version that you read.');
  }
  const tags = entityTags(field);
  if (tags.length !== 1) {
    const errors = [{ in: 'header', field: 'If-Match', detail: 'must be one entity tag' } as const];
    throw new Problem('MALFORMED_REQUEST', 'If-Match must be one entity tag, such as "12".', { errors });
  }
  const version = Number(VERSION_TAG.exec(tags[0] ?? '')?.[1]);
  if (!Number.isSafeInteger(version)) throw new Problem('VERSION_CONFLICT', 'No version has the ETag in If-Match.');
  return version;
}

/** The members of a list of entity tags; none when anything else is between them. Linear in the field's length. */
function entityTags(field: string): string[] {
  const between = field.replaceAll(MEMBER, '');
  return /^[\s,]*$/.test(between) ? (field.match(MEMBER) ?? []) : [];
}
