import type { LoadMany, SpaceCache } from '@larder/cache';
import { answer, type Answer } from '@larder/platform';
import { reportsOf } from './cache-report.js';

/** Reads entities by id in one go, in the order of `ids`; what does not exist, or does not any more, is left out. */
export async function hydrate<Value>(
  space: SpaceCache<Value>,
  name: string,
  ids: readonly string[],
  load: LoadMany<Value>,
): Promise<Answer<Value[]>> {
  if (ids.length === 0) return answer([], []);
  const reads = await space.readMany(ids, load);
  const values: Value[] = [];
  for (const { value } of reads.values()) {
    if (value !== null && value !== undefined) values.push(value);
  }
  return answer(values, reportsOf(name, reads.values()));
}
