import type fc from 'fast-check';
import { Cache, type SpaceCache, type Tag } from '../../../src/index.js';
import { FaultyStore } from '../../../src/testing/index.js';
import { History } from './history.js';
import { noKnowledge, raise, type Knowledge } from './knowledge.js';
import { LoadFailure } from './passing.js';
import { Past } from './past.js';
import type { Play } from './play.js';
import { Relay } from './relay.js';
import { ScheduledFeed } from './scheduled-feed.js';
import { AnnouncingStore, scheduled } from './scheduled-store.js';
import { Transactions } from './transactions.js';

const IDS = ['k', 'other'] as const;
/** A process, and what it has been told. */
export interface Process<Value> {
  readonly cache: Cache;
  readonly space: SpaceCache<Value>;
  readonly store: FaultyStore;
  readonly feed: () => ScheduledFeed | null;
  readonly knows: Map<History, Knowledge>;
}

/** The rows, the store and the processes of one play, and how long what happens in them takes: as the scheduler says. */
export class World<Value> {
  readonly rows: readonly History[];
  readonly memory: AnnouncingStore;
  readonly processes: readonly Process<Value>[];
  readonly past: Past;
  readonly transactions = new Transactions();
  /** Runs in the last of the processes. */
  readonly relay: Relay;
  /** How many of the next loads fail. */
  failingLoads = 0;
  private crowd = 0;

  constructor(
    readonly play: Play<Value>,
    readonly s: fc.Scheduler,
    maxEntries: number,
  ) {
    this.rows = IDS.map((id) => new History(id, play.encode));
    const now = (): number => performance.now() + 1_000_000;
    this.memory = new AnnouncingStore({ now, maxEntries }, (key) => this.committed(key));
    this.past = new Past(this.memory);
    this.processes = [0, 1, 2].map(() => this.start());
    this.relay = new Relay(s, this.processes[2]!.cache, play.space);
  }

  /** Reads the row in the source, which takes a while on the way there and on the way back. */
  async load(row: History): Promise<Value | null> {
    await this.s.schedule(Promise.resolve(), `query of ${row.id} arrives`);
    const fails = this.failingLoads > 0 && this.failingLoads-- > 0;
    const value = row.valueAt(row.committed) as Value | null;
    await this.s.schedule(Promise.resolve(), `row ${row.id} arrives`);
    if (fails) throw new LoadFailure();
    return value;
  }

  /** The same of several rows. */
  async loadMany(ids: readonly string[]): Promise<Map<string, Value | null>> {
    const rows = this.rows.filter(({ id }) => ids.includes(id));
    return new Map(await Promise.all(rows.map(async (row) => [row.id, await this.load(row)] as const)));
  }

  /** Resolves when so much time has passed, whatever else happens. */
  async pass(ms: number): Promise<void> {
    const untilMs = performance.now() + ms;
    while (performance.now() < untilMs) await this.s.schedule(Promise.resolve(), 'somebody waits');
  }

  /** What was used least goes, if there is no room: an entry, or a tag. */
  async evict(): Promise<void> {
    const name = `shop:crowd:${++this.crowd}`;
    if (this.crowd % 2 === 0) await this.memory.currentTags([name as Tag]);
    else await this.memory.lease(name, { token: 't', leaseMs: 1, tombstoneMs: 60_000, stamp: '' });
  }

  private start(): Process<Value> {
    const store = new FaultyStore(this.past.store);
    let feed: ScheduledFeed | null = null;
    const knows = new Map(this.rows.map((row) => [row, noKnowledge()]));
    const listen: AnnouncingStore['listen'] = (service, listener) => {
      const heard = (key: string, floor: number): void => {
        for (const row of this.rowsOf(key)) raise(knows.get(row)!, 'heard', floor);
      };
      const own = (feed = new ScheduledFeed(this.s, listener, heard));
      this.memory.announceTo(service, own);
      return () => undefined;
    };
    const cache = new Cache({
      operationTimeoutMs: 2_000,
      drainMs: 0,
      transactions: (ids) => this.inProgress(ids),
      ...this.play.cache,
      store: scheduled(store, this.s, listen),
    });
    return { cache, store, knows, space: cache.space(this.play.space), feed: () => feed };
  }

  private async inProgress(ids: readonly string[]): Promise<ReadonlySet<string>> {
    await this.s.schedule(Promise.resolve(), 'the database is asked for transactions');
    const running = this.transactions.inProgress(ids);
    await this.s.schedule(Promise.resolve(), 'the database answers');
    return running;
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
