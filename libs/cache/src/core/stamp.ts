import { createHash } from 'node:crypto';
import type { Tag } from './invalidation.js';

/** How long the stamp of an entry without tags is. */
export const PLAIN_STAMP_CHARS = 5;
const TAGGED_STAMP_CHARS = 22;

/**
 * What a payload must begin with to be served: a digest of the values of the space's generation and the entry's tags, in
 * order. Without tags it is 30 bits, shared by all entries of the space and new when the space is retired; with tags
 * 132 bits, because every combination of values is a chance to meet an old one.
 */
export class Stamps {
  private known = { values: '', stamp: '' };

  /** @param tagValues the generation's value first */
  of(tagValues: readonly string[]): string {
    const values = tagValues.join(',');
    if (tagValues.length > 1) return digest(values, TAGGED_STAMP_CHARS);
    if (this.known.values !== values) this.known = { values, stamp: digest(values, PLAIN_STAMP_CHARS) };
    return this.known.stamp;
  }
}

function digest(text: string, chars: number): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url').slice(0, chars);
}

/** The tags that a stamp is made of, in one order whatever order they are given in. */
export function labelsOf(generation: Tag, tags: readonly Tag[]): readonly Tag[] {
  return tags.length === 0 ? [generation] : [generation, ...new Set(tags.toSorted())];
}
