import type { CacheListener } from './events.js';
import { demandOfRead, minVersionOf, type Demand } from './freshness.js';
import type { Tag } from './invalidation.js';
import type { Held, L1 } from './l1.js';
import type { Load, LoadMany } from './load.js';
import type { Finding, Stored } from './finding.js';
import type { Looker } from './looker.js';
import { inOrder, readOfHeld, readOfStored, type Read, type ReadOptions } from './read.js';
import { ReadReport } from './read-report.js';
import { soughtOf, type ReadThrough, type Wish } from './read-through.js';
import type { Space } from './space.js';

/** What a load may come to. */
type Loaded<Value> = Value | null | undefined;

/** A bulk read so far: what the process's own tier had, and what the store had of the rest. */
interface Lookup<Value> {
  readonly reads: Map<string, Read<Loaded<Value>>>;
  readonly found: readonly Finding<Value>[];
  readonly wish: Wish<Value>;
}

export interface ReaderParts<Value> {
  readonly space: Space<Value>;
  readonly looker: Looker<Value>;
  readonly readThrough: ReadThrough<Value>;
  readonly l1: L1<Value> | null;
  readonly emit: CacheListener;
}

const NO_TAGS: readonly Tag[] = [];

/** Answers reads from the process's own tier, from the store, or through a load. A hit takes a short way, because most are. */
export class Reader<Value> {
  private readonly report: ReadReport;

  constructor(private readonly parts: ReaderParts<Value>) {
    this.report = new ReadReport(parts.space.name, parts.emit);
  }

  /** The value of one id. Not an async function: the way of a hit within the process is as short as can be. */
  value(id: string, load: Load<Loaded<Value>>, options: ReadOptions | undefined): Promise<Loaded<Value>> {
    const held = options === undefined ? this.parts.l1?.get(id) : undefined;
    if (held === undefined) return this.fetch(id, load, options);
    this.report.hit('l1', held.value === null);
    return held.promise;
  }

  async read(id: string, load: Load<Loaded<Value>>, options: ReadOptions | undefined): Promise<Read<Loaded<Value>>> {
    const held = this.held(id, options);
    if (held) {
      this.report.hit('l1', held.value === null);
      return readOfHeld(held);
    }
    const startedMs = performance.now();
    const finding = await this.lookFor(id, options);
    const hit = this.take(finding, options?.tags);
    return hit ? readOfStored(hit) : this.through(finding, load, options, startedMs);
  }

  /** The values of those ids that exist. */
  async values(
    ids: readonly string[],
    load: LoadMany<Value>,
    options: ReadOptions | undefined,
  ): Promise<Map<string, Value>> {
    const values = new Map<string, Value>();
    const lookup = await this.lookUp(ids, load, options);
    if (this.takeAll(lookup, values)) return values;
    for (const [id, { value }] of await this.throughAll(ids, lookup)) {
      if (value !== null && value !== undefined) values.set(id, value);
    }
    return values;
  }

  async reads(
    ids: readonly string[],
    load: LoadMany<Value>,
    options: ReadOptions | undefined,
  ): Promise<Map<string, Read<Loaded<Value>>>> {
    return this.throughAll(ids, await this.lookUp(ids, load, options));
  }

  private async fetch(id: string, load: Load<Loaded<Value>>, options: ReadOptions | undefined): Promise<Loaded<Value>> {
    const held = options === undefined ? undefined : this.held(id, options);
    if (held) {
      this.report.hit('l1', held.value === null);
      return held.promise;
    }
    const startedMs = performance.now();
    const finding = await this.lookFor(id, options);
    const hit = this.take(finding, options?.tags);
    return hit ? hit.value : (await this.through(finding, load, options, startedMs)).value;
  }

  private lookFor(id: string, options: ReadOptions | undefined): Promise<Finding<Value>> {
    const { looker, space } = this.parts;
    const demand = demandOfRead(space, options);
    return looker.lookOne(id, {
      tags: options?.tags ?? NO_TAGS,
      demand,
      patienceMs: (options?.timeoutMs ?? Infinity) / 2,
    });
  }

  /** What needs no load, nor anything else. */
  private take(finding: Finding<Value>, tags: readonly Tag[] = NO_TAGS): Stored<Value> | null {
    if (finding.stored?.stage !== 'fresh') return null;
    this.parts.readThrough.promote(finding, tags);
    this.report.hit('store', finding.stored.value === null);
    return finding.stored;
  }

  private async through(
    finding: Finding<Value>,
    load: Load<Loaded<Value>>,
    options: ReadOptions | undefined,
    startedMs: number,
  ): Promise<Read<Loaded<Value>>> {
    const { id, key } = finding;
    const { readThrough } = this.parts;
    const loadOne: LoadMany<Value> = async (_ids, context) => new Map([[id, await load({ ...context, key })]]);
    const reads = new Map<string, Read<Loaded<Value>>>();
    await readThrough.answer([finding], reads, readThrough.wish(loadOne, options, startedMs));
    this.report.all(reads.values());
    return reads.get(id) as Read<Loaded<Value>>;
  }

  private async lookUp(
    ids: readonly string[],
    load: LoadMany<Value>,
    options: ReadOptions | undefined,
  ): Promise<Lookup<Value>> {
    const { looker, readThrough } = this.parts;
    const reads = new Map<string, Read<Loaded<Value>>>();
    const open: string[] = [];
    const wish = readThrough.wish(load, options, performance.now());
    for (const id of new Set(ids)) {
      const held = this.heldFor(id, wish);
      if (held) reads.set(id, readOfHeld(held));
      else open.push(id);
    }
    const found = open.length > 0 ? await looker.look(open, soughtOf(wish)) : [];
    return { reads, found, wish };
  }

  /** Whether the store alone has all of it fresh: then its values are all there is to tell. */
  private takeAll({ reads, found, wish }: Lookup<Value>, values: Map<string, Value>): boolean {
    if (reads.size > 0 || !found.every(({ stored }) => stored?.stage === 'fresh')) return false;
    for (const finding of found) {
      this.parts.readThrough.promote(finding, wish.tags);
      const value = finding.stored?.value ?? null;
      if (value !== null) values.set(finding.id, value);
    }
    this.report.storeHits(values.size, found.length - values.size);
    return true;
  }

  private async throughAll(
    ids: readonly string[],
    { reads, found, wish }: Lookup<Value>,
  ): Promise<Map<string, Read<Loaded<Value>>>> {
    const fromStore = reads.size === 0;
    const atOnce = await this.parts.readThrough.answer(found, reads, wish);
    this.report.all(reads.values());
    return fromStore && atOnce ? reads : inOrder(ids, reads);
  }

  /** What the process's own tier has; nothing for a read with tags, which only the store can check. */
  private held(id: string, options: ReadOptions | undefined): Held<Value> | undefined {
    const { l1, space } = this.parts;
    if (l1 === null || options === undefined) return l1?.get(id);
    return this.heldFor(id, { tags: options.tags ?? NO_TAGS, demand: demandOfRead(space, options) });
  }

  private heldFor(id: string, { tags, demand }: { tags: readonly Tag[]; demand: Demand }): Held<Value> | undefined {
    const { l1 } = this.parts;
    if (l1 === null || tags.length > 0 || demand.pastL1 || demand.pastStore) return undefined;
    const held = l1.get(id, demand.withinMs);
    return held && held.version >= minVersionOf(demand, id) ? held : undefined;
  }
}
