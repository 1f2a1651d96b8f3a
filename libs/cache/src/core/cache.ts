import { systemClock } from './clock.js';
import type { Clock } from './clock.js';
import { CacheError } from './errors.js';
import type { CacheListener } from './events.js';
import { Filler } from './filler.js';
import type { FillTiming } from './filler.js';
import { GuardedStore } from './guarded-store.js';
import type { GuardOptions } from './guarded-store.js';
import type { EntryInvalidation, Invalidation, Tag } from './invalidation.js';
import { LoadGate } from './load.js';
import type { LoadLimits } from './load.js';
import { PendingInvalidations } from './pending-invalidations.js';
import { SpaceCache } from './space-cache.js';
import type { Space } from './space.js';
import type { Store } from './store.js';

/** How a cache behaves; every field but `store` has a default. */
export interface CacheOptions extends Partial<GuardOptions>, Partial<FillTiming>, Partial<LoadLimits> {
  readonly store: Store;
  /** Told what the cache does; nobody unless given. */
  readonly onEvent?: CacheListener;
  /** Invalidations that may wait for an unreachable store, at most; 100,000 unless given, 0 for a caller that repeats them itself. */
  readonly maxPendingInvalidations?: number;
  readonly clock?: Clock;
}

const DEFAULTS: Required<Omit<CacheOptions, 'store'>> = {
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
  clock: systemClock,
  onEvent: () => undefined,
};

/**
 * A cache over one {@link Store}. A read through it never sees a value older than an invalidation that had
 * resolved before the read began; when the store is down, reads load and invalidations wait.
 */
export class Cache {
  private readonly options: Required<CacheOptions>;
  private readonly store: GuardedStore;
  private readonly gate: LoadGate;
  private readonly pending: PendingInvalidations;
  private readonly spaces = new Map<string, { readonly space: unknown; readonly cache: unknown }>();

  constructor(options: CacheOptions) {
    this.options = { ...DEFAULTS, ...options };
    this.store = new GuardedStore(options.store, this.options, this.options.onEvent);
    this.gate = new LoadGate(this.options);
    this.pending = new PendingInvalidations(
      (entries, tags) => this.send(entries, tags),
      this.options.maxPendingInvalidations,
    );
  }

  /** The reads of one space; the same object each time, so that callers share loads. @throws {Error} if another space has its name */
  space<Value>(space: Space<Value>): SpaceCache<Value> {
    const known = this.spaces.get(space.name);
    if (known && known.space !== space)
      throw new Error(`Two spaces are called ${space.name}: define it once and import it`);
    if (known) return known.cache as SpaceCache<Value>;
    const cache = this.createSpaceCache(space);
    this.spaces.set(space.name, { space, cache });
    return cache;
  }

  /**
   * Makes what a change has made obsolete unservable. Resolves once no read that starts later, in any process,
   * can see it; versions make repetition and disorder harmless.
   *
   * @throws {CacheError} `INVALIDATION_PENDING` if the store has not applied it within the operation timeout: it is
   *   repeated in the background, and until then this process serves nothing of it from the store.
   *   `INVALIDATION_LOST` if too many wait already.
   */
  async invalidate(invalidation: Invalidation): Promise<void> {
    await this.invalidateAll([invalidation]);
  }

  /** As {@link invalidate}, several in one round trip; all wait if one does. */
  async invalidateAll(invalidations: readonly Invalidation[]): Promise<void> {
    const entries = invalidations.flatMap((invalidation) => invalidation.entries);
    const tags = [...new Set(invalidations.flatMap((invalidation) => invalidation.tags))];
    if (entries.length === 0 && tags.length === 0) return;
    try {
      await this.send(entries, tags);
      this.report(entries, tags, 'applied');
    } catch (cause) {
      this.queue({ entries, tags }, cause);
      throw new CacheError('INVALIDATION_PENDING', 'The store has not applied the invalidation yet', { cause });
    }
  }

  /** How many invalidations wait for the store. */
  get pendingInvalidations(): number {
    return this.pending.size;
  }

  /** Resolves when the store answers within the operation timeout, past the breaker; rejects otherwise. */
  async ping(): Promise<void> {
    await this.store.insist('ping', (store) => store.ping());
  }

  /** Stops what runs in the background. The store's connection belongs to whoever made it. */
  close(): void {
    this.pending.close();
  }

  private createSpaceCache<Value>(space: Space<Value>): SpaceCache<Value> {
    const { clock, onEvent: emit } = this.options;
    const { store, pending } = this;
    const filler = new Filler(space, store, this.gate, { ...this.options, clock, emit });
    const invalidate = (id: string, version?: number): Promise<void> =>
      this.invalidate({ entries: [space.entry(id, version)], tags: [] });
    return new SpaceCache({ space, store, filler, pending, emit, invalidate });
  }

  private async send(entries: readonly EntryInvalidation[], tags: readonly Tag[]): Promise<void> {
    await this.store.insist('invalidate', (store) => store.invalidate(entries, tags, this.options.tombstoneMs));
  }

  private queue(invalidation: Invalidation, cause: unknown): void {
    try {
      this.pending.add(invalidation, cause);
    } catch (error) {
      this.report(invalidation.entries, invalidation.tags, 'rejected');
      throw error;
    }
    this.report(invalidation.entries, invalidation.tags, 'queued');
  }

  private report(
    entries: readonly EntryInvalidation[],
    tags: readonly Tag[],
    result: 'applied' | 'queued' | 'rejected',
  ): void {
    this.options.onEvent({ type: 'invalidation', entries: entries.length, tags: tags.length, result });
  }
}
