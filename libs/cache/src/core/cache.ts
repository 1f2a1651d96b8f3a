import { assertCacheRanges } from './cache-ranges.js';
import { systemClock } from './clock.js';
import type { Clock } from './clock.js';
import { withDeadline } from './deadline.js';
import { sheltered, type CacheEvent, type CacheListener, type CircuitState } from './events.js';
import type { FenceTiming } from './fence.js';
import { given } from './given.js';
import { GuardedStore } from './guarded-store.js';
import type { GuardOptions } from './guarded-store.js';
import { Hearing } from './hearing.js';
import type { Invalidation } from './invalidation.js';
import { Invalidator } from './invalidator.js';
import type { LoadLimits } from './load.js';
import { LookBatch } from './look-batch.js';
import { Notes } from './notes.js';
import { createSpaceCache, type Shared } from './space-parts.js';
import type { SpaceCache } from './space-cache.js';
import type { Space } from './space.js';
import { StoreClock } from './store-clock.js';
import type { Store } from './store.js';

/** How a cache behaves; every field but `store` has a default. */
export interface CacheOptions extends Partial<GuardOptions>, Partial<FenceTiming>, Partial<LoadLimits> {
  readonly store: Store;
  /** How long a read waits for another process's load before it loads by itself, in milliseconds; 500 unless given. */
  readonly maxWaitMs?: number;
  /** Told what the cache does; nobody unless given. */
  readonly onEvent?: CacheListener;
  /**
   * Invalidations that may wait for an unreachable store, at most; beyond, their spaces are retired as a whole.
   * 100,000 unless given, 0 for a caller that repeats them itself.
   */
  readonly maxPendingInvalidations?: number;
  /** How long `close` waits for what runs in the background, in milliseconds; 1,000 unless given. */
  readonly drainMs?: number;
  readonly clock?: Clock;
}

/** How a cache is now. */
export interface CacheCondition {
  readonly circuit: CircuitState;
  /** How many invalidations wait for the store. */
  readonly pendingInvalidations: number;
  /** For each space with a tier within the process whether that is in use; `off`: it cannot vouch for its staleness. */
  readonly l1: Readonly<Record<string, 'on' | 'off'>>;
}

/** What a cache does unless told otherwise. */
export const CACHE_DEFAULTS: Required<Omit<CacheOptions, 'store'>> = {
  operationTimeoutMs: 100,
  breakAfter: 3,
  probeAfterMs: 250,
  leaseMs: 2_000,
  tombstoneMs: 30_000,
  maxWaitMs: 500,
  loadConcurrency: 64,
  loadQueue: 256,
  loadTimeoutMs: 5_000,
  maxPendingInvalidations: 100_000,
  drainMs: 1_000,
  clock: systemClock,
  onEvent: () => undefined,
};

/**
 * A cache over one {@link Store}. A read through it never sees a value older than an invalidation that had
 * resolved before the read began; when the store is down, reads load and invalidations wait.
 */
export class Cache {
  private readonly options: Required<CacheOptions>;
  private readonly shared: Shared;
  private readonly hearing: Hearing;
  private readonly running = new Set<Promise<void>>();
  private readonly spaces = new Map<string, { readonly space: unknown; readonly cache: unknown }>();

  /** @throws {RangeError} for a number out of its range, which it names */
  constructor(options: CacheOptions) {
    this.options = { ...CACHE_DEFAULTS, ...given(options) };
    assertCacheRanges(this.options);
    const { clock, tombstoneMs, leaseMs, maxWaitMs } = this.options;
    const emit = options.onEvent ? sheltered(options.onEvent) : this.options.onEvent; // nothing to shelter, and hits are quick
    const store = new GuardedStore(this.options.store, this.options, emit);
    const storeClock = new StoreClock(clock);
    const notes = new Notes();
    const hearing = new Hearing(this.options.store);
    const maxPending = this.options.maxPendingInvalidations;
    this.hearing = hearing;
    this.shared = {
      store,
      storeClock,
      notes,
      hearing,
      tiers: new Map(),
      clock,
      emit,
      maxWaitMs,
      timing: { leaseMs, tombstoneMs },
      batch: new LookBatch(store, storeClock),
      limits: this.options,
      invalidator: new Invalidator({ store, notes, emit, tombstoneMs, maxPending, forget: hearing.heard }),
      track: (running) => {
        this.track(running);
      },
    };
  }

  /** The reads of one space; the same object each time, so that callers share loads. @throws {Error} if another space has its name */
  space<Value>(space: Space<Value>): SpaceCache<Value> {
    const known = this.spaces.get(space.prefix);
    if (known && known.space !== space)
      throw new Error(`Two spaces are called ${space.name}: define it once and import it`);
    if (known) return known.cache as SpaceCache<Value>;
    const cache = createSpaceCache(space, this.shared);
    this.spaces.set(space.prefix, { space, cache });
    return cache;
  }

  /**
   * Makes what a change has made obsolete unservable. Resolves once no read that starts later, in any process,
   * can see it; only an L1 in another process may serve it for its `maxStalenessMs` more. Versions make repetition and
   * disorder harmless.
   *
   * @throws {CacheError} `INVALIDATION_PENDING` if the store has not applied it within the operation timeout: it is
   *   repeated in the background, and until then this process serves nothing of it from the store.
   *   `INVALIDATION_LOST` if none may wait, or too many tags do already.
   */
  async invalidate(invalidation: Invalidation): Promise<void> {
    await this.invalidateAll([invalidation]);
  }

  /** As {@link invalidate}, several in one round trip; all wait if one does. */
  async invalidateAll(invalidations: readonly Invalidation[]): Promise<void> {
    const entries = invalidations.flatMap((invalidation) => invalidation.entries);
    const tags = [...new Set(invalidations.flatMap((invalidation) => invalidation.tags))];
    await this.shared.invalidator.invalidate(entries, tags);
  }

  /** How long an invalidated key remembers its floor, and the lease of a load can be filled, in milliseconds. */
  get tombstoneMs(): number {
    return this.options.tombstoneMs;
  }

  /** How many invalidations wait for the store. */
  get pendingInvalidations(): number {
    return this.shared.invalidator.pending.size;
  }

  /** How the cache is now, as far as this process knows without asking the store. */
  get condition(): CacheCondition {
    const { store, tiers } = this.shared;
    const l1 = Object.fromEntries([...tiers].map(([space, { isOn }]) => [space, isOn ? 'on' : 'off'] as const));
    return { circuit: store.circuit, pendingInvalidations: this.pendingInvalidations, l1 };
  }

  /** Tells the listener what code around this cache does in steps of its own, such as a read that it makes of a {@link SpaceCache.peek}. */
  report(event: CacheEvent): void {
    this.shared.emit(event);
  }

  /** Resolves when the store answers within the operation timeout, past the breaker; rejects otherwise. */
  async ping(): Promise<void> {
    await this.shared.store.insist('ping', (store) => store.now());
  }

  /**
   * Lets loads that run in the background end and waiting invalidations have a last try, for `drainMs` at most, and
   * stops; an event `invalidation` with the result `dropped` tells how many were not applied. The store's connection
   * belongs to whoever made it.
   */
  async close(): Promise<void> {
    await this.shared.invalidator.close((tried) =>
      withDeadline(Promise.allSettled([...this.running, tried]), this.options.drainMs).catch(() => undefined),
    );
    this.hearing.close();
  }

  private track(running: Promise<void>): void {
    const ended = running.finally(() => this.running.delete(ended));
    this.running.add(ended);
  }
}
