import { EventEmitter } from 'node:events';
import type { SpaceCache } from '../../core/space-cache.js';
import { settleInvalidation } from '../after-commit.js';
import { AwaitedSets, type Fill, type Turn } from './awaited-sets.js';
import { boxed, type Boxed } from './facade-space.js';
import type { FacadeEntry, Ttl, WrapOptions } from './facade-types.js';

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
  private readonly awaited: AwaitedSets<Boxed>;
  private readonly events = new EventEmitter();

  constructor(
    private readonly name: string,
    private readonly entries: SpaceCache<Boxed>,
    longestLoadMs: number,
  ) {
    this.awaited = new AwaitedSets(longestLoadMs);
  }

  /** `undefined` for what is not there, also when the store does not answer. @throws {TypeError} for an empty key */
  get = async <Value>(key: string): Promise<Value | undefined> => {
    const asking = this.awaited.begin(key);
    await asking; // what was loaded before the reservation must not be stored under it
    const box = asking ? await this.look(key) : await this.reserve(key);
    if (box) this.awaited.end(key);
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

  /** When the entry will be gone, by this machine's clock in milliseconds since 1970; `undefined` if there is none. */
  ttl = async (key: string): Promise<number | undefined> => {
    const { state, keptForMs } = await this.entries.explain(key);
    return keptForMs === null || state === 'absent' ? undefined : Date.now() + keptForMs;
  };

  /** Resolves with the value, also if it could not be stored: the key is empty then. @throws {CacheError} `INVALIDATION_LOST` */
  set = async <Value>(key: string, value: Value, ttl?: number): Promise<Value> => {
    await this.told('set', { key, value }, async () => {
      const box = value === null || value === undefined ? undefined : boxed(value, ttl);
      await this.store(key, box, this.awaited.take(key));
    });
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
  cacheId = (): string => this.name;

  private async reserve(key: string): Promise<Boxed | null> {
    let fill: Fill<Boxed> = null;
    try {
      const found = await this.entries.reserve(key);
      if (found.kind === 'reserved') fill = found.fill;
      return found.kind === 'value' ? found.value : null;
    } finally {
      this.awaited.reserved(key, fill);
    }
  }

  private async look(key: string): Promise<Boxed | null> {
    const found = await this.entries.peek(key);
    return 'value' in found && found.status !== 'grace' ? found.value : null;
  }

  private async store(key: string, box: Boxed | undefined, turn: Turn<Boxed>): Promise<void> {
    if (turn.kind === 'fill') await this.fill(key, turn.fill, box);
    else if (turn.kind === 'write') await this.write(key, box);
    else await this.giveWay(key, box, turn.kind);
  }

  private async fill(key: string, fill: NonNullable<Fill<Boxed>>, box: Boxed | undefined): Promise<void> {
    await fill(box);
    if (box === undefined) await this.remove(key);
  }

  private async write(key: string, box: Boxed | undefined): Promise<void> {
    await this.remove(key);
    if (box === undefined) return;
    const reservation = await this.entries.reserve(key);
    if (reservation.kind === 'reserved') await reservation.fill(box);
  }

  private async giveWay(key: string, box: Boxed | undefined, why: 'yield' | 'doubt'): Promise<void> {
    const there = await this.entries.peek(key);
    if (why === 'yield' && there.status === 'absent' && box) return; // whoever has the reservation loads the same
    const equal = box && 'value' in there && JSON.stringify(there.value?.value) === JSON.stringify(box.value);
    if (!equal) await this.remove(key);
  }

  /** One that waits for the store is not an error: until it is applied, this process reads nothing of the key. */
  private async remove(key: string): Promise<void> {
    await settleInvalidation(this.entries.invalidate(key));
  }

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
