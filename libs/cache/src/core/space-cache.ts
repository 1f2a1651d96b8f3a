import type { CacheListener } from './events.js';
import type { Filler, Task } from './filler.js';
import { Flight, Flights } from './flights.js';
import type { Boarding } from './flights.js';
import type { GuardedStore } from './guarded-store.js';
import type { Tag } from './invalidation.js';
import type { LoadContext, LoadMany } from './load.js';
import { Looker } from './looker.js';
import type { Finding } from './looker.js';
import type { PendingInvalidations } from './pending-invalidations.js';
import type { Space } from './space.js';

/** How a read was answered. `bypass`: the store could not be used, so the value came from the load alone. */
export type ReadOutcome = 'hit' | 'miss' | 'bypass';

/** A value and how it was come by. `stored`: its load was stored. `shared`: another caller's load served this one too. */
export interface Read<Value> {
  readonly value: Value;
  readonly outcome: ReadOutcome;
  readonly stored: boolean;
  readonly shared: boolean;
}

export interface ReadOptions {
  /** Tags that the value depends on; they follow from the id, not from the value, because they are read before the load. */
  readonly tags?: readonly Tag[];
}

/** After so many rounds of arriving too late for another caller's load, a read loads by itself. */
const MAX_ROUNDS = 4;

interface SpaceCacheParts<Value> {
  readonly space: Space<Value>;
  readonly store: GuardedStore;
  readonly filler: Filler<Value>;
  readonly pending: PendingInvalidations;
  readonly emit: CacheListener;
  readonly invalidate: (id: string, version?: number) => Promise<void>;
}

/** Cached reads of one space, cache-aside: look, and on a miss load and store what the fence lets in. */
export class SpaceCache<Value> {
  private readonly flights = new Flights<Value | null | undefined>();
  private readonly looker: Looker<Value>;

  constructor(private readonly parts: SpaceCacheParts<Value>) {
    this.looker = new Looker(parts.space, parts.store, parts.pending, parts.emit);
  }

  /**
   * Returns the cached value of `id`, or loads, stores and returns it.
   *
   * Callers in this process that ask before the load begins share it; so do, through the store, other processes.
   * A value that is invalidated while it loads is returned to those callers and not stored.
   *
   * @param load  its result must survive JSON; `null` ("there is none") is cached too, `undefined` is not
   * @returns     the value, a copy of its own unless the load was shared
   * @throws {CacheError} `LOAD_REJECTED`, `LOAD_TIMEOUT`; @throws whatever `load` throws, unchanged; nothing is stored then
   */
  async getOrSet<Loaded extends Value | null | undefined>(
    id: string,
    load: (context: LoadContext) => Promise<Loaded>,
    options?: ReadOptions,
  ): Promise<Value | Extract<Loaded, null | undefined>> {
    return (await this.read(id, load, options)).value;
  }

  /** As {@link getOrSet}, and says how the value was come by. */
  async read<Loaded extends Value | null | undefined>(
    id: string,
    load: (context: LoadContext) => Promise<Loaded>,
    options?: ReadOptions,
  ): Promise<Read<Value | Extract<Loaded, null | undefined>>> {
    const loadOne: LoadMany<Value> = async (_ids, context) => new Map([[id, await load(context)]]);
    const reads = await this.readMany([id], loadOne, options);
    return reads.get(id) as Read<Value | Extract<Loaded, null | undefined>>;
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
    { tags = [] }: ReadOptions = {},
  ): Promise<Map<string, Read<Value | null | undefined>>> {
    const reads = new Map<string, Read<Value | null | undefined>>();
    let open = [...new Set(ids)];
    for (let round = 1; open.length > 0; round++) {
      const { findings, stamp } = await this.looker.look(open, tags);
      for (const { id, hit } of findings) {
        if (hit) reads.set(id, { value: hit.value, outcome: 'hit', stored: false, shared: false });
      }
      const missed = findings.filter(({ hit }) => hit === null);
      await this.fly(missed, reads, (tasks) => this.parts.filler.lead(tasks, loadMissing, stamp), round >= MAX_ROUNDS);
      open = open.filter((id) => !reads.has(id));
    }
    this.report(reads);
    return inOrder(ids, reads);
  }

  /**
   * Makes everything older than `version` unservable; without a version, whatever is cached now.
   * Resolves once no read that starts later can see it. @throws {CacheError} as `Cache.invalidate`
   */
  async invalidate(id: string, change?: { readonly version: number }): Promise<void> {
    await this.parts.invalidate(id, change?.version);
  }

  /** Leads or joins a flight for each id and notes the values that came of it; an id that came too late is left open. */
  private async fly(
    missed: readonly Finding<Value>[],
    reads: Map<string, Read<Value | null | undefined>>,
    lead: (tasks: Task<Value>[]) => Promise<void>,
    alone: boolean,
  ): Promise<void> {
    const boardings = missed.map((finding) => ({ ...finding, ...this.board(finding.key, alone) }));
    const led = boardings
      .filter(({ role }) => role === 'leads')
      .map((each) => ({ ...each, leased: each.leased && !alone }));
    if (led.length > 0) void lead(led);
    await Promise.all(
      boardings.map(async ({ id, role, flight, leased }) => {
        const landing = role === 'late' ? await ended(flight) : await flight.landing;
        if (landing.kind === 'again') return;
        const outcome = leased ? 'miss' : 'bypass';
        reads.set(id, { value: landing.value, outcome, stored: landing.stored, shared: role === 'joins' });
      }),
    );
  }

  private board(key: string, alone: boolean): Boarding<Value | null | undefined> {
    return alone ? { role: 'leads', flight: new Flight(key, () => undefined) } : this.flights.board(key);
  }

  private report(reads: ReadonlyMap<string, Read<Value | null | undefined>>): void {
    const counts = { hit: 0, negative: 0, miss: 0, bypass: 0 };
    let shared = 0;
    for (const read of reads.values()) {
      counts[read.outcome === 'hit' && read.value === null ? 'negative' : read.outcome]++;
      if (read.shared) shared++;
    }
    const { emit, space } = this.parts;
    for (const outcome of ['hit', 'negative', 'miss', 'bypass'] as const) {
      if (counts[outcome] > 0) emit({ type: 'read', space: space.name, outcome, count: counts[outcome] });
    }
    if (shared > 0) emit({ type: 'coalesced', space: space.name, count: shared });
  }
}

/** A flight that one may not share is over, one way or the other. */
async function ended<Value>(flight: Flight<Value>): Promise<{ kind: 'again' }> {
  await flight.landing.catch(() => undefined);
  return { kind: 'again' };
}

function inOrder<Value>(ids: readonly string[], reads: ReadonlyMap<string, Read<Value>>): Map<string, Read<Value>> {
  const ordered = new Map<string, Read<Value>>();
  for (const id of ids) {
    const read = reads.get(id);
    if (read) ordered.set(id, read);
  }
  return ordered;
}
