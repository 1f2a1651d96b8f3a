import type { MinVersions, VersionedKind } from '@larder/contracts';
import { versionedName } from '@larder/contracts';
import type { Exchange } from './exchange.js';

/** What a read of one thing says of the version that its client has seen; nothing if it has seen none. */
export function seenOne({ seen }: Exchange, kind: VersionedKind, id: string): { minVersion?: number } {
  const version = seen[versionedName(kind, id)];
  return version === undefined ? {} : { minVersion: version };
}

/** What a read of many says of the versions that its client has seen, by id; nothing if it has seen none of that kind. */
export function seenMany({ seen }: Exchange, kind: VersionedKind): { minVersions?: MinVersions } {
  const prefix = versionedName(kind, '');
  const known = Object.entries(seen).filter(([name]) => name.startsWith(prefix));
  if (known.length === 0) return {};
  return { minVersions: Object.fromEntries(known.map(([name, version]) => [name.slice(prefix.length), version])) };
}
