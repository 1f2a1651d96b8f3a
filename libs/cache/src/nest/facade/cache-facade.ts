import { EventEmitter } from 'node:events';
import type { Cache } from '../../core/cache.js';
import type { ExplainedState } from '../../core/explain.js';
import type { SpaceCache } from '../../core/space-cache.js';
import type { Space } from '../../core/space.js';
import { boxed, type Boxed } from './facade-space.js';
import type { FacadeEntry, Ttl, WrapOptions } from './facade-types.js';
import { FencedSets } from './fenced-sets.js';

/** What a `get` returns. */
const FOUND: ReadonlySet<ExplainedState> = new Set(['fresh', 'early', 'stale']);

/**
 * A space with the methods of cache-manager 7, for code that injects `CACHE_MANAGER`, Nest's `CacheInterceptor` among it.
 *
 * A `get` that misses reserves the key, and the first `set` that follows in this process stores under that reservation: a
 * key that was deleted meanwhile, by whichever process, stays empty. Other sets that follow a `get` which missed store
 * nothing, because somebody else loads the same; they delete the key if it holds another value than theirs. If a `set`
 * is still awaited when the key is reserved anew, no `set` stores for `longestLoadMs`: it could be the older one.
 *
 * Which of two sets was loaded before the other was committed cannot be told. So for `longestLoadMs` after a `get` that
 * missed, a further `set` than it accounts for deletes the key too, unless it holds the same.
 *
 * A `set` without a `get` that missed, or too late after it, is a write as of now: it takes the reservations of others away
 * and stores. Of two such writes the later wins, whatever they write: to cache what is loaded, use `wrap`, or `get` first.
 *
 * TTLs are in milliseconds, and each entry gets up to a tenth less. `null` and `undefined` are not stored: to set them
 * deletes the key, because `CacheInterceptor` takes both for a miss.
 */
export class CacheFacade {
  /** Empty: there are no Keyv stores behind it. */
  readonly stores: never[] = [];
  private readonly entries: SpaceCache<Boxed>;
  private readonly sets: FencedSets;
  private readonly events = new EventEmitter();

  constructor(
    private readonly space: Space<Boxed>,
    cache: Cache,
    longestLoadMs: number,
  ) {
    this.entries = cache.space(space);
    this.sets = new FencedSets(this.entries, longestLoadMs, (outcome) => {
      const tier = outcome === 'hit' || outcome === 'stale' ? 'store' : 'source';
      cache.report({ type: 'read', space: space.name, outcome, tier, count: 1 });
    });
  }

  /** `undefined` for what is not there, also when the store does not answer. @throws {TypeError} for an empty key */
  get = async <Value>(key: string): Promise<Value | undefined> => {
    const box = await this.sets.get(key);
    const value = box?.value as Value | undefined;
    this.events.emit('get', { key, value });
    return value;
  };

  /** As {@link get}, in order. */
  mget = async <Value>(keys: string[]): Promise<(Value | undefined)[]> => {
    const values = await Promise.all(keys.map((key) => this.get<Value>(key)));
    this.events.emit('mget', { keys, values });
    return values;
  };

  /** When a `get` will not find the entry any more, by this machine's clock in milliseconds since 1970; `undefined` if none does now. */
  ttl = async (key: string): Promise<number | undefined> => {
    const { state, keptForMs } = await this.entries.explain(key);
    if (keptForMs === null || !FOUND.has(state)) return undefined;
    const { graceMs, staleMs } = this.space;
    return Date.now() + keptForMs - Math.max(0, graceMs - staleMs); // kept for grace too, in which only `wrap` finds it
  };

  /** Resolves with the value, also if it could not be stored: the key is empty then. @throws {CacheError} `INVALIDATION_LOST` */
  set = async <Value>(key: string, value: Value, ttl?: number): Promise<Value> => {
    const box = value === null || value === undefined ? undefined : boxed(value, ttl);
    await this.told('set', { key, value }, () => this.sets.set(key, box));
    return value;
  };

  /** As {@link set} for each; returns the list. */
  mset = async <Value>(list: FacadeEntry<Value>[]): Promise<FacadeEntry<Value>[]> => {
    await this.told('mset', { list }, () => Promise.all(list.map(({ key, value, ttl }) => this.set(key, value, ttl))));
    return list;
  };

  /** Resolves once no process can read it any more. @throws {CacheError} as `Cache.invalidate`: it may be pending */
  del = async (key: string): Promise<boolean> => {
    await this.told('del', { key }, () => this.entries.invalidate(key));
    return true;
  };

  /** As {@link del}, in one round trip. */
  mdel = async (keys: string[]): Promise<boolean> => {
    await this.told('mdel', { keys }, () => this.entries.invalidate(keys));
    return true;
  };

  /** Makes all entries unservable at once, whatever their number. @throws {CacheError} as `Cache.invalidate` */
  clear = async (): Promise<boolean> => {
    await this.told('clear', undefined, () => this.entries.retire());
    return true;
  };

  /**
   * The entry, or what `load` returns, which is stored then, `null` too. One load for all who ask meanwhile, in all
   * processes. With `raw` it says when the entry will be gone. `refreshThreshold` is not heeded: the module's
   * `earlyRefresh` is. Errors as of `SpaceCache.getOrSet`.
   */
  wrap<Value>(
    key: string,
    load: () => Value | Promise<Value>,
    options: WrapOptions<Value> & { raw: true },
  ): Promise<{ value: Value; expires?: number }>;
  wrap<Value>(
    key: string,
    load: () => Value | Promise<Value>,
    options?: Ttl<Value> | WrapOptions<Value>,
    refreshThreshold?: Ttl<Value>,
  ): Promise<Value>;
  async wrap<Value>(
    key: string,
    load: () => Value | Promise<Value>,
    options?: Ttl<Value> | (WrapOptions<Value> & { raw?: boolean }),
  ): Promise<Value | { value: Value; expires?: number }> {
    const { ttl, raw = false } = typeof options === 'object' ? options : { ttl: options };
    const box = await this.entries.getOrSet(key, async (): Promise<Boxed | undefined> => {
      const value = await load();
      return value === undefined ? undefined : boxed(value, typeof ttl === 'function' ? ttl(value) : ttl);
    });
    const value = box?.value as Value;
    if (!raw) return value;
    const expires = await this.ttl(key);
    return { value, ...(expires !== undefined && { expires }) };
  }

  /** Told of `get`, `mget`, `set`, `mset`, `del`, `mdel` and `clear`, errors included; for all else there is `onEvent` of the cache. */
  on = (event: string, listener: (data: never) => void): EventEmitter =>
    this.events.on(event, listener as (data: unknown) => void);

  /** Ends {@link on}. */
  off = (event: string, listener: (data: never) => void): EventEmitter =>
    this.events.off(event, listener as (data: unknown) => void);

  /** Does nothing: the connection belongs to `CacheModule`. */
  disconnect = (): Promise<undefined> => Promise.resolve(undefined);

  /** `service:entity`. */
  cacheId = (): string => this.space.name;

  private async told(event: string, data: object | undefined, run: () => Promise<unknown>): Promise<void> {
    try {
      await run();
    } catch (error) {
      this.events.emit(event, data ? { ...data, error } : error);
      throw error;
    }
    this.events.emit(event, data);
  }
}
