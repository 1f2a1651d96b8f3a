import { Cache } from '../../src/core/cache.js';
import { MemoryStore } from '../../src/core/memory-store.js';
import { defineSpace } from '../../src/core/define-space.js';
import { FaultyStore } from '../../src/testing/faulty-store.js';
import { ManualClock } from '../../src/testing/manual-clock.js';
import { Row } from './versioned-row.js';

const definition = {
  service: 'shop',
  entity: 'row',
  value: Row,
  version: ({ version }: Row) => version,
  ttlMs: 60_000,
  graceMs: 60_000,
};

/** Rows whose values are kept for grace. */
export const rows = defineSpace(definition);
/** The same rows, which a process also keeps within itself. */
export const held = defineSpace({ ...definition, l1: { maxEntries: 10, maxBytes: 10_000 } });

/** What {@link setUp} makes. */
export interface ScheduleSetUp {
  readonly cache: Cache;
  /** Another process, whose store has no faults. */
  readonly other: Cache;
  readonly memory: MemoryStore;
  readonly store: FaultyStore;
  readonly clock: ManualClock;
}

/** Two processes over one store, in time that moves only when a test moves it. */
export function setUp(): ScheduleSetUp {
  const clock = new ManualClock();
  const memory = new MemoryStore({ now: clock.now });
  const store = new FaultyStore(memory, clock);
  return { cache: new Cache({ store, clock }), other: new Cache({ store: memory, clock }), memory, store, clock };
}
