import type { CacheListener } from './events.js';
import type { Explainer, Explanation, Peek } from './explain.js';
import type { Tag } from './invalidation.js';
import type { Held, L1 } from './l1.js';
import type { LoadContext, LoadMany } from './load.js';
import type { Looker } from './looker.js';
import { inOrder, ReadReport, type Read, type ReadOptions } from './read.js';
import { patienceOf, type ReadThrough } from './read-through.js';
import type { Reservation, Reserver } from './reserver.js';
import type { SpaceWriter } from './space-writer.js';
import type { Space } from './space.js';

export interface SpaceCacheParts<Value> {
  readonly space: Space<Value>;
  readonly looker: Looker<Value>;
  readonly readThrough: ReadThrough<Value>;
  readonly reserver: Reserver<Value>;
  readonly writer: SpaceWriter<Value>;
  readonly explainer: Explainer<Value>;
  readonly l1: L1<Value> | null;
  readonly emit: CacheListener;
}

const NO_TAGS: readonly Tag[] = [];

/** A load of one id: given when to stop and which key it is for. */
export type Load<Loaded> = (context: LoadContext & { readonly key: string }) => Promise<Loaded>;

/** Cached reads of one space, cache-aside: look, and on a miss load and store what the fence lets in. */
export class SpaceCache<Value> {
  private readonly report: ReadReport;

  constructor(private readonly parts: SpaceCacheParts<Value>) {
    this.report = new ReadReport(parts.space.name, parts.emit);
  }

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
    const held = this.held(id, options);
    // Not an async function: the path of a hit within the process is as short as can be.
    if (!held)
      return this.readOne(id, load, options).then(({ value }) => value) as Promise<
        Value | Extract<Loaded, null | undefined>
      >;
    this.report.hit('l1', held.value === null);
    return held.promise as Promise<Value | Extract<Loaded, null | undefined>>;
  }

  /** As {@link getOrSet}, and says how the value was come by. */
  async read<Loaded extends Value | null | undefined>(
    id: string,
    load: Load<Loaded>,
    options?: ReadOptions,
  ): Promise<Read<Value | Extract<Loaded, null | undefined>>> {
    const held = this.held(id, options);
    if (held) this.report.hit('l1', held.value === null);
    const read = held ? readOf(held) : await this.readOne(id, load, options);
    return read as Read<Value | Extract<Loaded, null | undefined>>;
  }

  /**
   * Returns the values of `ids` in one round trip, loading all that are missing in one call.
   * Ids that do not exist are left out; repeated ids are answered once. Errors as for {@link getOrSet}.
   */
  async getOrSetMany(
    ids: readonly string[],
    loadMissing: LoadMany<Value>,
    options?: ReadOptions,
  ): Promise<Map<string, Value>> {
    const values = new Map<string, Value>();
    for (const [id, { value }] of await this.readMany(ids, loadMissing, options)) {
      if (value !== null && value !== undefined) values.set(id, value);
    }
    return values;
  }

  /** As {@link getOrSetMany}, in the order of `ids`, and says of each how it was come by; `null` for what does not exist. */
  async readMany(
    ids: readonly string[],
    loadMissing: LoadMany<Value>,
    options?: ReadOptions,
  ): Promise<Map<string, Read<Value | null | undefined>>> {
    const reads = new Map<string, Read<Value | null | undefined>>();
    const open: string[] = [];
    for (const id of new Set(ids)) {
      const held = this.held(id, options);
      if (held) reads.set(id, readOf(held));
      else open.push(id);
    }
    const fromStore = reads.size === 0;
    const wish = this.parts.readThrough.wish(loadMissing, options, performance.now());
    const found = open.length > 0 ? await this.parts.looker.look(open, wish.tags, patienceOf(wish)) : [];
    const atOnce = await this.parts.readThrough.answer(found, reads, wish);
    this.report.all(reads.values());
    return fromStore && atOnce ? reads : inOrder(ids, reads);
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

  private async readOne(
    id: string,
    load: Load<Value | null | undefined>,
    options: ReadOptions | undefined,
  ): Promise<Read<Value | null | undefined>> {
    const { readThrough, looker, space } = this.parts;
    const startedMs = performance.now();
    const { tags = NO_TAGS, timeoutMs = Infinity } = options ?? {};
    const findings = await looker.look([id], tags, timeoutMs / 2);
    const [finding] = findings;
    if (finding?.stored?.stage === 'fresh') {
      const { value, ageMs } = finding.stored;
      readThrough.promote(finding, tags);
      this.report.hit('store', value === null);
      return { value, outcome: 'hit', tier: 'store', ageMs, stored: false, shared: false };
    }
    const loadOne: LoadMany<Value> = async (_ids, context) =>
      new Map([[id, await load({ ...context, key: space.key(id) })]]);
    const reads = new Map<string, Read<Value | null | undefined>>();
    await readThrough.answer(findings, reads, readThrough.wish(loadOne, options, startedMs));
    this.report.all(reads.values());
    return reads.get(id) as Read<Value | null | undefined>;
  }

  /** What the process's own tier has; nothing for a read with tags, which only the store can check. */
  private held(id: string, options: ReadOptions | undefined): Held<Value> | undefined {
    const { l1 } = this.parts;
    if (l1 === null || (options?.tags && options.tags.length > 0)) return undefined;
    return l1.get(id);
  }
}

function readOf<Value>({ value, loadedAtMs }: Held<Value>): Read<Value | null> {
  const ageMs = performance.now() - loadedAtMs;
  return { value, outcome: 'hit', tier: 'l1', ageMs, stored: false, shared: false };
}
