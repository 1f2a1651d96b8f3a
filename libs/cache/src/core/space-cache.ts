import type { Explainer, Explanation, Peek } from './explain.js';
import type { Load, LoadMany } from './load.js';
import type { Read, ReadOptions } from './read.js';
import type { Reader } from './reader.js';
import type { Reservation, Reserver } from './reserver.js';
import type { SpaceWriter } from './space-writer.js';

export interface SpaceCacheParts<Value> {
  readonly reader: Reader<Value>;
  readonly reserver: Reserver<Value>;
  readonly writer: SpaceWriter<Value>;
  readonly explainer: Explainer<Value>;
}

/** Cached reads of one space, cache-aside: look, and on a miss load and store what the fence lets in. */
export class SpaceCache<Value> {
  constructor(private readonly parts: SpaceCacheParts<Value>) {}

  /**
   * Returns the cached value of `id`, or loads, stores and returns it.
   *
   * Callers in this process that ask before the load begins share it; so do, through the store, other processes.
   * A value that is invalidated while it loads is returned to those callers and not stored.
   *
   * @param load  its result must survive the serializer; `null` ("there is none") is cached too, `undefined` is not
   * @returns     the value: a copy of its own, unless the load was shared, or the space has an L1, whose values are frozen
   * @throws {CacheError} `LOAD_REJECTED`, `LOAD_TIMEOUT`; @throws whatever `load` throws, unchanged; nothing is stored then
   */
  getOrSet<Loaded extends Value | null | undefined>(
    id: string,
    load: Load<Loaded>,
    options?: ReadOptions,
  ): Promise<Value | Extract<Loaded, null | undefined>> {
    return this.parts.reader.value(id, load, options) as Promise<Value | Extract<Loaded, null | undefined>>;
  }

  /** As {@link getOrSet}, and says how the value was come by. */
  read<Loaded extends Value | null | undefined>(
    id: string,
    load: Load<Loaded>,
    options?: ReadOptions,
  ): Promise<Read<Value | Extract<Loaded, null | undefined>>> {
    return this.parts.reader.read(id, load, options) as Promise<Read<Value | Extract<Loaded, null | undefined>>>;
  }

  /**
   * Returns the values of `ids` in one round trip, loading all that are missing in one call.
   * Ids that do not exist are left out; repeated ids are answered once. Errors as for {@link getOrSet}.
   */
  getOrSetMany(
    ids: readonly string[],
    loadMissing: LoadMany<Value>,
    options?: ReadOptions,
  ): Promise<Map<string, Value>> {
    return this.parts.reader.values(ids, loadMissing, options);
  }

  /** As {@link getOrSetMany}, in the order of `ids`, and says of each how it was come by; `null` for what does not exist. */
  readMany(
    ids: readonly string[],
    loadMissing: LoadMany<Value>,
    options?: ReadOptions,
  ): Promise<Map<string, Read<Value | null | undefined>>> {
    return this.parts.reader.reads(ids, loadMissing, options);
  }

  /**
   * For callers that look, load and store in steps of their own: the cached value, or the right to store what they load
   * from now on. Whoever can, uses {@link getOrSet}, which also shares loads. Never throws for a store that is down.
   */
  async reserve(id: string): Promise<Reservation<Value>> {
    return this.parts.reserver.reserve(id);
  }

  /** What is cached of `id`; loads nothing. */
  async peek(id: string, options?: Pick<ReadOptions, 'tags'>): Promise<Peek<Value>> {
    return this.parts.explainer.peek(id, options?.tags ?? []);
  }

  /** Why a read of `id` would be answered as it would; for people, not for the path of a request. */
  async explain(id: string, options?: Pick<ReadOptions, 'tags'>): Promise<Explanation> {
    return this.parts.explainer.explain(id, options?.tags ?? []);
  }

  /**
   * Makes everything older than `version` unservable; without a version, whatever is cached now.
   * Resolves once no read that starts later can see it. @throws {CacheError} as `Cache.invalidate`
   */
  async invalidate(ids: string | readonly string[], change?: { readonly version: number }): Promise<void> {
    await this.parts.writer.invalidate(ids, change?.version);
  }

  /**
   * Takes what is cached for out of date: the next read loads it, and is given the old value only if the load fails or
   * is slow. In a space without grace it is an {@link invalidate}. @throws {CacheError} as `Cache.invalidate`
   */
  async expire(ids: string | readonly string[]): Promise<void> {
    await this.parts.writer.expire(ids);
  }

  /**
   * To be called after a commit in place of {@link invalidate}: makes everything older than the value unservable, and
   * puts the value in the place of an older one that is cached. For ids that are read without tags.
   *
   * @returns whether the value is cached now; it is not if none was, or a newer one is
   * @throws {TypeError} if the space has no versions; @throws {CacheError} as `Cache.invalidate`
   */
  async put(id: string, value: Value): Promise<boolean> {
    return this.parts.writer.put(id, value);
  }

  /** Makes all entries of the space unservable, whatever their number. @throws {CacheError} as `Cache.invalidate` */
  async retire(): Promise<void> {
    await this.parts.writer.retire();
  }
}
