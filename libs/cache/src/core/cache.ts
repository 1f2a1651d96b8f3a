import { CACHE_DEFAULTS, type CacheOptions } from './cache-options.js';
import { assertCacheRanges } from './cache-ranges.js';
import type { LinkAnswer } from './chain-steps.js';
import { withDeadline } from './deadline.js';
import { CacheError } from './errors.js';
import { sheltered, type CacheEvent, type CircuitState } from './events.js';
import { given } from './given.js';
import { GuardedStore } from './guarded-store.js';
import { Hearing } from './hearing.js';
import { Intents } from './intents.js';
import type { Intent, Invalidation, Tag } from './invalidation.js';
import { Invalidator } from './invalidator.js';
import { LookBatch } from './look-batch.js';
import { Notes } from './notes.js';
import { createSpaceCache, type Shared } from './space-parts.js';
import type { SpaceCache } from './space-cache.js';
import type { Space } from './space.js';
import { StoreClock } from './store-clock.js';
import type { Store, StoreBatch } from './store.js';

/** How a cache is now. */
export interface CacheCondition {
  readonly circuit: CircuitState;
  /** How many invalidations wait for the store. */
  readonly pendingInvalidations: number;
  /** For each space with a tier within the process whether that is in use; `off`: it cannot vouch for its staleness. */
  readonly l1: Readonly<Record<string, 'on' | 'off'>>;
}

/**
 * A cache over one {@link Store}. A read through it never sees a value older than an invalidation that had
 * resolved before the read began; when the store is down, reads load and invalidations wait.
 */
export class Cache {
  private readonly options: Required<Omit<CacheOptions, 'transactions'>>;
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
    const track: Shared['track'] = (running) => {
      this.track(running);
    };
    const running = options.transactions ?? null;
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
      intents: new Intents({ store, clock, tombstoneMs, running, track, emit }),
      track,
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

  /**
   * To be called within the transaction of a strict write, before its COMMIT, with the intents of all strict entries that it changes.
   * From then on no read of them is answered from the cache, until an invalidation with the transaction ends the intent.
   *
   * @throws {CacheError} `INTENT_REFUSED` if the store has not placed all of them within the operation timeout: roll back
   */
  async intend(intents: readonly Intent[]): Promise<void> {
    await this.shared.intents.place(intents);
  }

  /** Ends the intents of a transaction that was rolled back. Never throws: what stays is ended by readers that meet it. */
  async withdraw(intents: readonly Intent[]): Promise<void> {
    await this.shared.intents.withdraw(intents);
  }

  /** An instant that the store's clock has passed, in milliseconds, at most a round trip ago; `null` if the store cannot be used now. */
  async now(): Promise<number | null> {
    const { store, storeClock } = this.shared;
    if (storeClock.isDue || store.circuit !== 'closed') {
      // To ask is also what has a store tried again that was given up: this may be the only one who asks.
      await store.attempt('now', (each) => storeClock.renew(() => each.now()));
    }
    return storeClock.isDue || store.circuit !== 'closed' ? null : storeClock.atLeast();
  }

  /** Hands one batch to the store; for {@link Chain}. @throws {CacheError} `BATCH_REFUSED` */
  async applyBatch(service: string, batch: StoreBatch): Promise<LinkAnswer> {
    const { tombstoneMs } = this.options;
    const answer = await this.onStore('batch', (store) => store.applyBatch(service, batch, tombstoneMs));
    for (const { key } of batch.entries) this.hearing.heard(key);
    for (const each of batch.tags) this.hearing.heard(each);
    return answer;
  }

  /** Retires `tags` and lets the store begin the chain of `service` anew; for {@link Chain}. @throws {CacheError} `BATCH_REFUSED` */
  async restartChain(service: string, at: number, tags: readonly Tag[]): Promise<void> {
    await this.onStore('restart', (store) => store.restartChain(service, at, tags));
    for (const each of tags) this.hearing.heard(each);
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
    this.shared.intents.close();
    this.hearing.close();
  }

  private async onStore<Result>(operation: string, use: (store: Store) => Promise<Result>): Promise<Result> {
    try {
      return await this.shared.store.insist(operation, use);
    } catch (cause) {
      throw new CacheError('BATCH_REFUSED', 'The store has not applied a batch of a chain', { cause });
    }
  }

  private track(running: Promise<void>): void {
    const ended = running.finally(() => this.running.delete(ended));
    this.running.add(ended);
  }
}
