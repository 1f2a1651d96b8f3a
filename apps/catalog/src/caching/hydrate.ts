import type { LoadMany, SpaceCache } from '@larder/cache';
import type { MinVersions } from '@larder/contracts';
import { answer, type Answer } from '@larder/platform';
import { reportsOf } from './cache-report.js';
import { notBefore } from './min-version.js';
import { patienceOf, type Waiting } from './patience.js';

/** Where entities are read: their space, its name in reports, what loads those that are missing, and how old they may be. */
export interface Entities<Value> {
  readonly space: SpaceCache<Value>;
  readonly cacheName: string;
  readonly load: LoadMany<Value>;
  readonly minVersions: MinVersions | undefined;
}

/** Reads entities by id in one go, in the order of `ids`; what does not exist, or does not any more, is left out. */
export async function hydrate<Value>(
  { space, cacheName, load, minVersions }: Entities<Value>,
  ids: readonly string[],
  caller: Waiting,
): Promise<Answer<Value[]>> {
  if (ids.length === 0) return answer([], []);
  const reads = await space.readMany(ids, load, { ...patienceOf(caller), ...notBefore(minVersions) });
  const values: Value[] = [];
  for (const { value } of reads.values()) {
    if (value !== null && value !== undefined) values.push(value);
  }
  return answer(values, reportsOf(cacheName, reads.values()));
}
