import { z } from 'zod';
import { Cache } from '../../src/core/cache.js';
import type { CacheOptions } from '../../src/core/cache-options.js';
import type { CacheEvent } from '../../src/core/events.js';
import { MemoryStore } from '../../src/core/memory-store.js';
import { defineSpace } from '../../src/core/define-space.js';
import { ManualClock } from '../../src/testing/manual-clock.js';

const Row = z.object({ version: z.number(), price: z.number() });
/** A row of {@link rows}. */
export type Row = z.infer<typeof Row>;

/** A space that keeps absence for a shorter time. */
export const rows = defineSpace({
  service: 'shop',
  entity: 'row',
  value: Row,
  version: (row) => row.version,
  ttlMs: 60_000,
  negativeTtlMs: 1_000,
});
/** A space whose values may be anything, and have no versions. */
export const anything = defineSpace({ service: 'shop', entity: 'any', value: z.unknown(), ttlMs: 60_000 });

/** What the row is at a version. */
export const row = (version: number): Row => ({ version, price: version * 100 });

/** A cache over a store in memory, in time that moves only when a test moves it, and what the cache has told. */
export function setUp(more: Partial<CacheOptions> = {}): {
  cache: Cache;
  store: MemoryStore;
  clock: ManualClock;
  events: CacheEvent[];
} {
  const clock = new ManualClock();
  const events: CacheEvent[] = [];
  const store = new MemoryStore({ now: clock.now });
  const cache = new Cache({ store, clock, onEvent: (event) => events.push(event), ...more });
  return { cache, store, clock, events };
}
