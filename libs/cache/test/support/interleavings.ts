import { jest } from '@jest/globals';
import fc from 'fast-check';
import {
  Cache,
  CacheError,
  type CacheOptions,
  type Read,
  type Space,
  type SpaceCache,
  type Tag,
} from '../../src/index.js';
import { FaultyStore, type StoreFault } from '../../src/testing/index.js';
import { History } from './history.js';
import { ScheduledFeed } from './scheduled-feed.js';
import { AnnouncingStore, scheduled } from './scheduled-store.js';

/** What changes a row, by what makes it known. */
const CHANGES = [
  'write',
  'write unversioned',
  'write many',
  'delete',
  'retire tag',
  'retire',
  'put',
  'expire',
] as const;
type Change = (typeof CHANGES)[number];

/** What one of the processes, or the world around them, does. */
export type Action =
  | Change
  | 'read'
  | 'get'
  | 'read many'
  | 'get many'
  | 'peek'
  | 'reserve'
  | 'loads fail'
  | 'evict one'
  | 'evict all'
  | 'store refuses'
  | 'store refuses changes'
  | 'store loses answers'
  | 'store hangs'
  | 'store never answers'
  | 'store heals'
  | 'feed is cut'
  | 'feed is mute'
  | 'feed speaks';

/** What is read and written in every interleaving. */
export interface Play<Value> {
  readonly space: Space<Value>;
  /** What a row is at a version. */
  readonly encode: (version: number) => Value | null;
  /** What values are read under and invalidated by, beside their own keys. */
  readonly tags?: readonly Tag[];
  readonly actions: readonly Action[];
  readonly cache?: Partial<CacheOptions>;
  readonly numRuns: number;
}

const IDS = ['k', 'other'] as const;
/** A machine that is busy tries less; what fails is told before the test's own time is up. */
const TIME_LIMIT_MS = 10_000;
/** Fewer would show nothing. */
const LEAST_RUNS = 50;
const MAX_STEPS = 20_000;
const CAUGHT = ['INVALIDATION_PENDING', 'LOAD_TIMEOUT', 'LOAD_REJECTED'];

class LoadFailure extends Error {}

/** Of one process and one row: what it must not read any more, whatever others may. */
interface Knowledge {
  /** By invalidations of its own that have finished or wait. */
  own: number;
  ownFresh: number;
  /** Waiting for the store. */
  owed: number;
  /** By what it has heard. */
  heard: number;
  /** By what it has read. */
  readonly seen: number[];
}

interface Floors {
  readonly source: number;
  readonly fresh: number;
  readonly stale: number;
  readonly l1: number;
}

interface Process<Value> {
  readonly cache: Cache;
  readonly space: SpaceCache<Value>;
  readonly store: FaultyStore;
  readonly feed: () => ScheduledFeed | null;
  readonly knows: Map<History, Knowledge>;
}

type Lane = readonly (readonly [Action, number, number])[];

/**
 * Plays random lanes of actions in two or three processes over one store, in random interleavings of everything that
 * they wait for, time included, and checks what each read returns against what its row's writers know.
 */
export async function playInterleavings<Value>(play: Play<Value>): Promise<void> {
  // Each run has some of the actions only: what needs two of a kind is rare among all.
  const lanes = fc.subarray([...play.actions], { minLength: 1, maxLength: 5 }).chain((some) => {
    const step = fc.tuple(
      fc.constantFrom<Action>('read', ...some),
      fc.constantFrom(0, 0, 0, 1, 1, 2),
      fc.constantFrom(0, 0, 0, 1),
    );
    return fc.array(fc.array(step, { minLength: 2, maxLength: 6 }), { minLength: 2, maxLength: 5 });
  });
  const pace = fc.array(fc.constantFrom(0, 1, 5, 20, 60, 130, 700), { maxLength: 4 });
  const room = fc.constantFrom(2, 3, 100);
  const act = async (run: () => Promise<void>): Promise<void> => {
    await run();
    await quiet();
  };
  const giveUpAtMs = realNow() + TIME_LIMIT_MS;
  let runs = 0;
  jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  try {
    await fc.assert(
      fc.asyncProperty(fc.scheduler({ act }), lanes, pace, room, async (s, each, paceMs, maxEntries) => {
        if (realNow() > giveUpAtMs) return;
        runs += 1;
        await new Scene(play, s, maxEntries).run(each, paceMs);
        jest.clearAllTimers();
      }),
      { numRuns: play.numRuns, endOnFailure: 'LARDER_NO_SHRINKING' in process.env },
    );
  } finally {
    jest.useRealTimers();
  }
  if (runs < LEAST_RUNS) throw new Error(`Only ${runs} runs in ${TIME_LIMIT_MS} ms`);
}

const realImmediate = setImmediate;
const realNow = performance.now.bind(performance);

/** Everything that runs without waiting for the scheduler has run. */
function quiet(): Promise<void> {
  return new Promise((resolve) => realImmediate(resolve));
}

class Scene<Value> {
  private readonly rows: readonly History[];
  private readonly memory: AnnouncingStore;
  private readonly processes: readonly Process<Value>[];
  private failingLoads = 0;
  private crowd = 0;

  constructor(
    private readonly play: Play<Value>,
    private readonly s: fc.Scheduler,
    maxEntries: number,
  ) {
    this.rows = IDS.map((id) => new History(id, play.encode));
    const now = (): number => performance.now() + 1_000_000;
    this.memory = new AnnouncingStore({ now, maxEntries }, (key) => this.committed(key));
    this.processes = [0, 1, 2].map(() => this.start());
  }

  /** Ends when all lanes have, and every process has then read what is left. */
  async run(lanes: readonly Lane[], paceMs: readonly number[]): Promise<void> {
    let ticks = 0;
    const tick = (): void => {
      void this.s.schedule(Promise.resolve(), 'time passes').then(() => {
        jest.advanceTimersByTime(paceMs[ticks++ % (paceMs.length + 1)] ?? 30);
        for (const { feed } of this.processes) feed()?.ping();
        tick();
      });
    };
    tick();
    await this.until(Promise.all(lanes.map((lane) => this.runLane(lane))));
    for (const { store, feed } of this.processes) {
      store.heal();
      feed()?.unmute();
    }
    this.failingLoads = 0;
    const readings = this.processes.flatMap((process) => this.rows.map((row) => this.read(process, [row])));
    await this.until(Promise.all(readings));
    await this.until(Promise.all(this.processes.map(({ cache }) => cache.close())));
  }

  /** Lets the scheduler go on until `ended` has. */
  private async until(ended: Promise<unknown>): Promise<void> {
    const state = { steps: 0, over: false };
    const noted = ended.finally(() => (state.over = true));
    noted.catch(() => undefined);
    while (!state.over) {
      if (++state.steps > MAX_STEPS) throw new Error('The lanes do not end');
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- waitNext gives way fifty times first, and takes twice as long
      await this.s.waitOne();
    }
    await noted;
  }

  private async runLane(lane: Lane): Promise<void> {
    for (const [action, process, row] of lane) {
      await this.s.schedule(Promise.resolve(), `${action} ${process} ${row}`);
      await this.perform(action, this.processes[process]!, this.rows[row]!);
    }
  }

  private start(): Process<Value> {
    const store = new FaultyStore(this.memory);
    let feed: ScheduledFeed | null = null;
    const knows = new Map(
      this.rows.map((row) => [row, { own: 0, ownFresh: 0, owed: 0, heard: 0, seen: [] as number[] }]),
    );
    const listen: AnnouncingStore['listen'] = (service, listener) => {
      const heard = (key: string, floor: number): void => {
        for (const row of this.rowsOf(key)) raise(knows.get(row)!, 'heard', floor);
      };
      const own = (feed = new ScheduledFeed(this.s, listener, heard));
      this.memory.announceTo(service, (key, floor) => {
        own.announce(key, floor);
      });
      return () => undefined;
    };
    const cache = new Cache({
      operationTimeoutMs: 2_000,
      drainMs: 0,
      ...this.play.cache,
      store: scheduled(store, this.s, listen),
    });
    return { cache, store, knows, space: cache.space(this.play.space), feed: () => feed };
  }

  private async perform(action: Action, process: Process<Value>, row: History): Promise<void> {
    if (isChange(action)) return this.change(action, process, row);
    switch (action) {
      case 'read':
      case 'read many':
        return this.read(process, action === 'read' ? [row] : this.rows);
      case 'get':
      case 'get many':
        return this.get(process, action === 'get' ? [row] : this.rows);
      case 'peek':
        return this.peek(process, row);
      case 'reserve':
        return this.reserve(process, row);
      case 'loads fail':
        this.failingLoads = 2;
        return;
      case 'evict one':
        await this.evict();
        return;
      case 'evict all':
        this.memory.clear();
        return;
      case 'store refuses':
        befall(process, 'refuse');
        return;
      case 'store refuses changes':
        process.store.fail('refuse', { only: ['invalidate', 'put', 'expire'], times: 6 });
        return;
      case 'store loses answers':
        befall(process, 'lose-answer');
        return;
      case 'store hangs':
        befall(process, 'hang');
        return;
      case 'store never answers':
        befall(process, 'never-answer');
        return;
      case 'store heals':
        process.store.heal();
        return;
      case 'feed is cut':
        await process.feed()?.cut();
        return;
      case 'feed is mute':
        process.feed()?.mute();
        return;
      case 'feed speaks':
        process.feed()?.unmute();
        return;
    }
  }

  /** What was used least goes, if there is no room: an entry, or a tag. */
  private async evict(): Promise<void> {
    const name = `shop:crowd:${++this.crowd}`;
    if (this.crowd % 2 === 0) await this.memory.currentTags([name as Tag]);
    else await this.memory.lease(name, { token: 't', leaseMs: 1, tombstoneMs: 60_000, stamp: '' });
  }

  private async change(action: Change, process: Process<Value>, row: History): Promise<void> {
    const { space, cache } = process;
    const rows = action === 'write many' || action.startsWith('retire') ? this.rows : [row];
    const versions = rows.map((each) => each.commit(action === 'delete' ? 'deletion' : 'change'));
    const [version = 0] = versions;
    const ids = rows.map(({ id }) => id);
    const changed = rows.map((each, index) => [each, versions[index] ?? 0] as const);
    switch (action) {
      case 'write':
      case 'delete':
        return this.settle(process, changed, () => space.invalidate(ids, { version }));
      case 'write unversioned':
        return this.settle(process, changed, () => space.invalidate(ids));
      case 'write many': {
        const entries = rows.flatMap(({ id }, index) => this.play.space.entries(id, versions[index]));
        return this.settle(process, changed, () => cache.invalidate({ entries, tags: [] }));
      }
      case 'retire tag':
        return this.settle(process, changed, () => cache.invalidate({ entries: [], tags: this.play.tags ?? [] }));
      case 'retire':
        return this.settle(process, changed, () => space.retire());
      case 'put':
        return this.settle(process, changed, () => space.put(row.id, row.valueAt(version) as Value));
      case 'expire':
        return this.settle(process, changed, () => space.expire(ids), this.play.space.graceMs > 0);
    }
  }

  /** Makes a change known, and notes from when on who may not read what was before it. */
  private async settle(
    { cache, knows }: Process<Value>,
    changed: readonly (readonly [History, number])[],
    make: () => Promise<unknown>,
    expiring = false,
  ): Promise<void> {
    const pending = await make().then(() => false, passing);
    for (const [row, version] of changed) note(knows.get(row)!, row, { version, pending, expiring });
    if (pending && cache.pendingInvalidations === 0) throw new Error('An invalidation is neither applied nor waiting');
  }

  private async read(process: Process<Value>, rows: readonly History[]): Promise<void> {
    const { tags = [] } = this.play;
    const floors = rows.map((row) => this.floorsOf(process, row));
    const [one] = rows;
    const answer =
      rows.length === 1 && one
        ? process.space.read(one.id, () => this.load(one), { tags }).then((read) => new Map([[one.id, read]]))
        : process.space.readMany(
            rows.map(({ id }) => id),
            (ids) => this.loadMany(ids),
            { tags },
          );
    const reads = await answer.catch((error: unknown) => {
      passing(error);
      return new Map<string, Read<Value | null | undefined>>();
    });
    rows.forEach((row, index) => {
      const read = reads.get(row.id);
      if (!read) return;
      const { value, tier, outcome } = read;
      const kind = tier === 'store' ? (outcome === 'stale' ? 'stale' : 'fresh') : tier;
      this.check(row, value, floors[index]![kind], `${kind} in ${outcome}`);
      if (isRow(value)) process.knows.get(row)!.seen.push(value.version);
    });
  }

  private async get(process: Process<Value>, rows: readonly History[]): Promise<void> {
    const { tags = [] } = this.play;
    const floors = rows.map((row) => this.floorsOf(process, row));
    const [one] = rows;
    const answer =
      rows.length === 1 && one
        ? process.space.getOrSet(one.id, () => this.load(one), { tags }).then((value) => new Map([[one.id, value]]))
        : process.space.getOrSetMany(
            rows.map(({ id }) => id),
            (ids) => this.loadMany(ids),
            { tags },
          );
    const values = await answer.catch(passing);
    if (values === true) return;
    rows.forEach((row, index) => {
      const { stale, l1 } = floors[index]!;
      this.check(row, values.get(row.id) ?? null, this.play.space.l1 ? Math.min(stale, l1) : stale, 'got');
    });
  }

  private async peek(process: Process<Value>, row: History): Promise<void> {
    const floors = this.floorsOf(process, row);
    const peek = await process.space.peek(row.id, { tags: this.play.tags ?? [] });
    if (!('value' in peek)) return;
    const kind = peek.tier === 'l1' ? 'l1' : peek.status === 'fresh' ? 'fresh' : 'stale';
    this.check(row, peek.value, floors[kind], `peeked ${kind}`);
  }

  /** Loads outside of the cache, and fills if that may be; only of plays without tags. */
  private async reserve(process: Process<Value>, row: History): Promise<void> {
    const floors = this.floorsOf(process, row);
    const reservation = await process.space.reserve(row.id);
    if (reservation.kind === 'value') this.check(row, reservation.value, floors.stale, 'reserved');
    if (reservation.kind !== 'reserved') return;
    const value = await this.load(row).catch((error: unknown) => void passing(error));
    await reservation.fill(value);
  }

  private check(row: History, value: unknown, floor: number, how: string): void {
    if (row.has(value, floor)) return;
    throw new Error(
      `${JSON.stringify(value)} of ${row.id} is older than ${floor} (${how}); ${row.committed} is newest`,
    );
  }

  /** What a read that begins now may return at least. */
  private floorsOf({ knows, feed }: Process<Value>, row: History): Floors {
    const known = knows.get(row)!;
    for (const each of this.processes) {
      if (each.cache.pendingInvalidations > 0) continue;
      const other = each.knows.get(row)!;
      if (other.owed > 0) row.settle(other.owed);
      other.owed = 0;
    }
    const nowMs = performance.now();
    const { maxStalenessMs = 0 } = this.play.space.l1 ?? {};
    const stale = Math.max(row.settled(), known.own);
    const vouchedMs = Math.max(feed()?.caughtUpAtMs ?? -Infinity, nowMs - maxStalenessMs);
    const seen = known.seen.filter((version) => version <= row.settled());
    return {
      source: row.committed,
      stale,
      fresh: Math.max(row.fresh(), known.ownFresh),
      l1: Math.max(known.own, known.ownFresh, known.heard, row.fresh(vouchedMs), ...seen),
    };
  }

  private async load(row: History): Promise<Value | null> {
    await this.s.schedule(Promise.resolve(), `query of ${row.id} arrives`);
    const fails = this.failingLoads > 0 && this.failingLoads-- > 0;
    const value = row.valueAt(row.committed) as Value | null;
    await this.s.schedule(Promise.resolve(), `row ${row.id} arrives`);
    if (fails) throw new LoadFailure();
    return value;
  }

  private async loadMany(ids: readonly string[]): Promise<Map<string, Value | null>> {
    const rows = this.rows.filter(({ id }) => ids.includes(id));
    return new Map(await Promise.all(rows.map(async (row) => [row.id, await this.load(row)] as const)));
  }

  /** A key's rows; all of them for a tag. */
  private rowsOf(key: string): readonly History[] {
    const rows = this.rows.filter(({ id }) => key === this.play.space.key(id));
    return rows.length > 0 ? rows : this.rows;
  }

  private committed(key: string): number {
    return Math.min(...this.rowsOf(key).map(({ committed }) => committed));
  }
}

function befall({ store }: { readonly store: FaultyStore }, fault: StoreFault): void {
  store.fail(fault, { times: 4 });
}

function isChange(action: Action): action is Change {
  return CHANGES.some((change) => change === action);
}

/** What a process knows of a change that it has made known, and others if it does not wait. */
function note(
  known: Knowledge,
  row: History,
  { version, pending, expiring }: { version: number; pending: boolean; expiring: boolean },
): void {
  raise(known, 'ownFresh', version);
  if (pending || !expiring) raise(known, 'own', version);
  if (pending) raise(known, 'owed', version);
  else if (expiring) row.expire(version);
  else row.settle(version);
}

function raise(known: Knowledge, what: 'own' | 'ownFresh' | 'owed' | 'heard', version: number): void {
  known[what] = Math.max(known[what], version);
}

/** What may be thrown in these plays; anything else is a failure of the play. */
function passing(error: unknown): true {
  if (error instanceof LoadFailure || (error instanceof CacheError && CAUGHT.includes(error.code))) return true;
  throw error;
}

function isRow(value: unknown): value is { version: number } {
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'number';
}
