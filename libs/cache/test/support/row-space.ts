import { Cache } from '../../src/core/cache.js';
import type { CacheEvent } from '../../src/core/events.js';
import { MemoryStore } from '../../src/core/memory-store.js';
import type { SpaceCache } from '../../src/core/space-cache.js';
import type { CacheOptions } from '../../src/core/cache-options.js';
import { defineSpace } from '../../src/core/define-space.js';
import type { Space, SpaceDefinition } from '../../src/core/space.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { Row } from './versioned-row.js';

/** A millisecond more is past the TTL of every entry, whatever its jitter, and before its end. */
export const TTL_MS = 10_000;

/** What {@link setUpRows} makes. */
export interface RowSetUp {
  readonly clock: ManualClock;
  readonly events: CacheEvent[];
  readonly memory: MemoryStore;
  /** What the cache has of `memory`. */
  readonly store: FaultyStore;
  readonly cache: Cache;
  readonly rows: Space<Row>;
  readonly space: SpaceCache<Row>;
}

/** A cache over a store in memory, in time that stands still, and a space of rows that does not hold failed loads back. */
export function setUpRows(more: Partial<SpaceDefinition<Row>> = {}, options: Partial<CacheOptions> = {}): RowSetUp {
  const clock = new ManualClock();
  const events: CacheEvent[] = [];
  const memory = new MemoryStore({ now: clock.now, maxEntries: 100 });
  const store = new FaultyStore(memory, clock);
  const cache = new Cache({ store, clock, onEvent: (event) => events.push(event), ...options });
  const definition = { service: 'shop', entity: 'row', value: Row, version: (each: Row) => each.version };
  const rows = defineSpace({ ...definition, ttlMs: TTL_MS, errorBackoffMs: 0, ...more });
  return { clock, events, memory, store, cache, rows, space: cache.space(rows) };
}
