import type { Invalidation, Tag } from './invalidation.js';
import type { Space } from './space.js';

/** How a read was answered. `bypass`: the store could not be used, so the value came from the load alone. */
export type ReadOutcome = 'hit' | 'miss' | 'bypass';

/** A value and how it was come by. `stored`: this read's load was stored. `shared`: the load belonged to another caller. */
export interface Read<Value> {
  readonly value: Value;
  readonly outcome: ReadOutcome;
  readonly stored: boolean;
  readonly shared: boolean;
}

/** What a load is given: stop when `signal` aborts. */
export interface LoadContext {
  readonly signal: AbortSignal;
}

export interface ReadOptions {
  /** Tags that the value depends on; they must not depend on the value. */
  readonly tags?: readonly Tag[];
}

/** Cached reads of one space. */
export interface SpaceCache<Value> {
  getOrSet(
    id: string,
    load: (context: LoadContext) => Promise<Value | null>,
    options?: ReadOptions,
  ): Promise<Value | null>;
  /** As {@link getOrSet}, and says how. */
  read(
    id: string,
    load: (context: LoadContext) => Promise<Value | null>,
    options?: ReadOptions,
  ): Promise<Read<Value | null>>;
  getOrSetMany(
    ids: readonly string[],
    loadMissing: (ids: string[], context: LoadContext) => Promise<ReadonlyMap<string, Value>>,
  ): Promise<Map<string, Value>>;
  readMany(
    ids: readonly string[],
    loadMissing: (ids: string[], context: LoadContext) => Promise<ReadonlyMap<string, Value>>,
  ): Promise<Map<string, Read<Value | null>>>;
  invalidate(id: string, change?: { version: number }): Promise<void>;
}

export class Cache {
  space<Value>(_space: Space<Value>): SpaceCache<Value> {
    throw new Error('lands soon');
  }

  /** Resolves when the store has applied it; rejects when it has not within the deadline (it is then retried in the background). */
  async invalidate(_invalidation: Invalidation): Promise<void> {
    throw new Error('lands soon');
  }

  /** Several at once, in one round trip. */
  async invalidateAll(_invalidations: readonly Invalidation[]): Promise<void> {
    throw new Error('lands soon');
  }

  close(): void {
    throw new Error('lands soon');
  }
}
