import { versionedName, type VersionedKind, type Versions } from '@larder/contracts';

/** About 1.7 KiB: with all other fields, an answer's head stays under the 4 KiB that proxies take by default. */
const MAX_TOLD = 32;

/**
 * What the answer to a change names: what was asked to be changed, then what changed along with it, such as the
 * categories below one that was moved. Of more than 32 names the first; the rest is only as new as their level promises.
 */
export function changedVersions(asked: Versions, along: Versions): Versions {
  const named = Object.keys(along).length === 0 ? asked : { ...asked, ...along }; // nearly always nothing
  return Object.fromEntries(Object.entries(named).slice(0, MAX_TOLD));
}

/**
 * What a list names: every item, or nothing when there are more than 32. A token that names a part would promise a
 * client less than it seems to, and need not: items carry their `version`, from which a client can make any token.
 */
export function listedVersions(kind: VersionedKind, items: readonly { id: string; version: number }[]): Versions {
  if (items.length > MAX_TOLD) return {};
  return Object.fromEntries(items.map(({ id, version }) => [versionedName(kind, id), version]));
}
