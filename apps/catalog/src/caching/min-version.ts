import type { ReadOptions } from '@larder/cache';
import type { MinVersions } from '@larder/contracts';

/** Lets a read show nothing older than its caller has seen, by one version or by one for each id; `undefined`: the caller has seen nothing. */
export function notBefore(seen: number | MinVersions | undefined): Pick<ReadOptions, 'minVersion'> {
  if (seen === undefined) return {};
  return { minVersion: typeof seen === 'number' ? seen : (id) => seen[id] ?? 0 };
}
