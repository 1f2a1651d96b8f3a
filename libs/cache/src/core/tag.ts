import type { Tag } from './invalidation.js';
import { keyPart, keyPrefix } from './key.js';

/** Names a tag: `service:tag:kind:id`. @throws {TypeError} if `service` or `kind` is not a lower-case name, or `id` is empty */
export function tag(service: string, kind: string, id: string): Tag {
  return `${keyPrefix(service, 'tag')}${keyPart(kind)}:${keyPart(id)}` as Tag;
}
