import type { MinVersions, VersionedKind } from '@larder/contracts';
import { versionedName } from '@larder/contracts';
import type { Answer } from '@larder/platform';
import type { Exchange } from './exchange.js';

/** What a read of one thing says of the version that its client has seen; nothing if it has seen none. */
export interface SeenOne {
  readonly minVersion?: number;
}

/**
 * Reads one thing, nothing older than its client has seen. It is read while the session is still asked what it remembers, and
 * once more in the rare case that this is newer than what was read: nearly every request waits for the slower of both, not for
 * both.
 *
 * @param again  the second read, if it is another; it comes late in the request's time
 * @throws what `read` and `again` throw
 */
export async function readOne<Data extends { readonly version: number }>(
  exchange: Exchange,
  [kind, id]: readonly [VersionedKind, string],
  read: (seen: SeenOne) => Promise<Answer<Data>>,
  again = read,
): Promise<Answer<Data>> {
  const told = seenOne(exchange, kind, id);
  const first = read(told);
  if (exchange.recalled === null) return first;
  const [outcome] = await Promise.allSettled([first, exchange.recalled]);
  const known = seenOne(exchange, kind, id);
  if (known.minVersion === undefined || known.minVersion === told.minVersion) return first;
  return outcome.status === 'fulfilled' && outcome.value.data.version >= known.minVersion ? first : again(known);
}

/** What a read of many says of the versions that its client has seen, by id; nothing if it has seen none of that kind. */
export async function seenMany(exchange: Exchange, kind: VersionedKind): Promise<{ minVersions?: MinVersions }> {
  await exchange.recalled;
  const prefix = versionedName(kind, '');
  const known = Object.entries(exchange.seen).filter(([name]) => name.startsWith(prefix));
  if (known.length === 0) return {};
  return { minVersions: Object.fromEntries(known.map(([name, version]) => [name.slice(prefix.length), version])) };
}

function seenOne({ seen }: Exchange, kind: VersionedKind, id: string): SeenOne {
  const version = seen[versionedName(kind, id)];
  return version === undefined ? {} : { minVersion: version };
}
