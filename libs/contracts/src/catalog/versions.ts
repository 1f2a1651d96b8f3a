import { z } from 'zod';
import type { CatalogEvent } from '../events/catalog-event.js';
import { Id, Version } from '../primitives.js';

/** More than a request may name and a session remembers together. */
const MAX_NAMES = 128;

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/** What has versions of its own. The stock of a product goes by the product's id. */
export const VersionedKind = z.enum(['product', 'category', 'stock']);
export type VersionedKind = z.infer<typeof VersionedKind>;

/** What one thing is called in a version token: `product-<uuid>`, `category-<uuid>` or `stock-<uuid>`. */
export const VersionedName = z.string().regex(new RegExp(`^(?:${VersionedKind.options.join('|')})-${UUID}$`));

/** A version token: versions by {@link VersionedName}. Of a reader it says that it has seen these, and must not be shown older ones. At most 128. */
export const Versions = z.record(VersionedName, Version).refine(...atMost(MAX_NAMES));
export type Versions = Readonly<z.infer<typeof Versions>>;

/** The oldest version that a bulk read may show of each id; of an id that is not named, any. At most 128. */
export const MinVersions = z.record(Id, Version).refine(...atMost(MAX_NAMES));
export type MinVersions = Readonly<z.infer<typeof MinVersions>>;

/** The name of one thing in a version token. */
export function versionedName(kind: VersionedKind, id: string): string {
  return `${kind}-${id}`;
}

/** The versions that a change made, deletions too, in the order of its events. A row that it changed twice is named once, with the later version. */
export function versionsOf(events: readonly CatalogEvent[]): Versions {
  return Object.fromEntries(events.map((event) => [nameIn(event), event.data.version]));
}

function atMost(max: number): [(versions: Record<string, number>) => boolean, string] {
  return [(versions) => Object.keys(versions).length <= max, `must name at most ${max}`];
}

function nameIn({ type, data }: CatalogEvent): string {
  const [, kind] = type.split('.');
  return versionedName(kind as VersionedKind, 'productId' in data ? data.productId : data.id);
}
