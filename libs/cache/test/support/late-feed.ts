import { Cache } from '../../src/core/cache.js';
import type { CacheEvent } from '../../src/core/events.js';
import { MemoryStore } from '../../src/core/memory-store.js';
import type { SpaceCache } from '../../src/core/space-cache.js';
import { defineSpace } from '../../src/core/define-space.js';
import type { SpaceDefinition } from '../../src/core/space.js';
import type { FeedListener, Look, Store } from '../../src/core/store.js';
import { Row } from './versioned-row.js';

/** The bounds of the L1 of each space here. */
export const LIMITS = { maxEntries: 100, maxBytes: 100_000, maxStalenessMs: 1_000 };

/** What others invalidate is heard when the test says so; answers to looks can be held back. */
export class SlowFeedStore extends MemoryStore {
  readonly feed = { listener: null as FeedListener | null, held: [] as string[], holds: false, stopped: false };
  looks = 0;
  answered: Promise<unknown> = Promise.resolve();

  override listen(_service: string, listener: FeedListener): () => void {
    this.feed.listener = listener;
    super.listen('shop', {
      ...listener,
      heard: (key) => {
        if (this.feed.holds) this.feed.held.push(key);
        else listener.heard(key);
      },
      caughtUp: () => undefined,
    });
    return () => (this.feed.stopped = true);
  }

  override async look(...args: Parameters<Store['look']>): Promise<Look> {
    this.looks++;
    const found = await super.look(...args);
    await this.answered;
    return found;
  }
}

/** What {@link setUpL1} makes. */
export interface L1SetUp {
  readonly events: CacheEvent[];
  readonly store: SlowFeedStore;
  readonly cache: Cache;
  readonly space: SpaceCache<Row>;
  /** The same rows in another process, without an L1. */
  readonly other: SpaceCache<Row>;
  /** Lets the feed say that all before `atMs` was heard; within a minute, unless it is told. */
  readonly hears: (atMs?: number) => void;
}

/** Two processes over one store, of which one has an L1, switched off until it {@link L1SetUp.hears}. */
export function setUpL1(more: Partial<SpaceDefinition<Row>> = {}): L1SetUp {
  const events: CacheEvent[] = [];
  const store = new SlowFeedStore({ maxEntries: 100 });
  const definition = {
    service: 'shop',
    entity: 'row',
    value: Row,
    version: (each: Row) => each.version,
    ttlMs: 60_000,
  };
  const cache = new Cache({ store, onEvent: (event) => events.push(event) });
  const space = cache.space(defineSpace({ ...definition, l1: LIMITS, ...more }));
  const other = new Cache({ store: store }).space(defineSpace(definition));
  const hears = (atMs = performance.now() + 60_000): void => store.feed.listener?.caughtUp(atMs);
  return { events, store, cache, space, other, hears };
}

/** Whether the tier was said to be on, in turn. */
export function states(events: readonly CacheEvent[]): ('on' | 'off')[] {
  return events.flatMap((event) => (event.type === 'l1' ? [event.state] : []));
}
