import type { Cluster, Redis } from 'ioredis';
import { Lag } from '../../../../tools/services/index.js';
import { Cache, CacheError, defineSpace, RedisStore, tag, type CacheEvent, type SpaceCache } from '../../src/index.js';
import type { Outage } from './outage.js';
import { Row, Source } from './source.js';

/** Of each of the two processes. */
export const LOAD_CONCURRENCY = 16;
/** How far behind an L1 may be. */
export const L1_STALENESS_MS = 300;

/** Rows that are changed. */
export const IDS = Array.from({ length: 20 }, (_, index) => String(index));
/** The id of the list of them. */
export const LIST = 'all';

const version = (row: Row): number => row.version;
const rows = defineSpace({ service: 'shop', entity: 'row', value: Row, version, ttlMs: 60_000 });
const hotRows = defineSpace({
  service: 'shop',
  entity: 'hot',
  value: Row,
  version,
  ttlMs: 60_000,
  l1: { maxEntries: 100, maxBytes: 100_000, maxStalenessMs: L1_STALENESS_MS },
});
const lists = defineSpace({ service: 'shop', entity: 'list', value: Row, ttlMs: 60_000 });
const members = tag('shop', 'members', LIST);

/** Two processes' worth of cache, a writer and a reader, over one store that fails, and a source that does not; and counts. */
export class OutageTraffic {
  readonly source = new Source();
  readonly clients: (Redis | Cluster)[];
  readonly writer: Cache;
  readonly reader: Cache;
  /** What the machine holds this process up is not counted. */
  readonly lag = new Lag();
  stale = 0;
  reads = 0;
  hits = 0;
  invalidations = 0;
  pending = 0;
  refused = 0;
  l1IsOn = false;
  l1OffAtMs: number | null = null;
  private readonly space: typeof rows;

  constructor(outage: Outage) {
    this.clients = [outage.connect(), outage.connect()];
    this.space = outage.l1 ? hotRows : rows;
    const [writer, reader] = this.clients.map((client) => new RedisStore(client));
    this.writer = new Cache({ store: writer!, loadConcurrency: LOAD_CONCURRENCY });
    this.reader = new Cache({
      store: reader!,
      loadConcurrency: LOAD_CONCURRENCY,
      onEvent: (event) => {
        this.noteL1(event);
      },
    });
  }

  /** Lets the clients connect. */
  async open(): Promise<void> {
    await Promise.all(this.clients.map((client) => client.connect()));
  }

  /** Ends the processes. */
  async close(): Promise<void> {
    this.lag.stop();
    await Promise.all([this.writer.close(), this.reader.close()]);
    for (const client of this.clients) client.disconnect();
  }

  /** Forgets what was counted so far. */
  startCounting(): void {
    this.source.loads = 0;
    this.source.peak = 0;
    this.reads = 0;
    this.hits = 0;
    this.l1OffAtMs = null;
  }

  /** Reads, checks what is read, and answers how much longer than its load it took. */
  async read(cache: Cache, id: string, atLeast = this.floor(cache, id)): Promise<number> {
    const startedMs = this.lag.nowMs;
    const load = (): Promise<Row> => this.source.load(id);
    const { value, outcome } =
      id === LIST
        ? await cache.space(lists).read(id, load, { tags: [members] })
        : await this.rowsOf(cache).read(id, load);
    const tookMs = this.lag.nowMs - startedMs;
    this.reads++;
    if (value.version < atLeast) this.stale++;
    if (outcome !== 'hit') return tookMs - this.source.lastLoadMs;
    this.hits++;
    return tookMs;
  }

  /** The space that the processes read rows of. */
  rowsOf(cache: Cache): SpaceCache<Row> {
    return cache.space(this.space);
  }

  /** Changes rows, and the list with them, all at once. */
  async change(ids: readonly string[]): Promise<void> {
    await Promise.all([
      ...ids.map((id) => {
        const version = this.source.commit(id);
        return this.invalidate(id, version, () => this.rowsOf(this.writer).invalidate(id, { version }));
      }),
      this.invalidate(LIST, this.source.commit(LIST), () => this.writer.invalidate({ entries: [], tags: [members] })),
    ]);
  }

  /** All who changed something were told that no cache shows anything older, once nothing waits. */
  acknowledgeIfNothingWaits(): void {
    if (this.writer.pendingInvalidations > 0) return;
    for (const id of [...IDS, LIST]) this.source.acknowledge(id, this.source.version(id));
  }

  /** Only what a process keeps within itself may be behind, and only while it hears of changes. */
  private floor(cache: Cache, id: string): number {
    return this.source.floor(id, cache === this.reader && this.l1IsOn && id !== LIST ? L1_STALENESS_MS : 0);
  }

  private noteL1(event: CacheEvent): void {
    if (event.type !== 'l1') return;
    if (this.l1IsOn && event.state === 'off') this.l1OffAtMs ??= this.lag.nowMs;
    this.l1IsOn = event.state === 'on';
  }

  private async invalidate(id: string, version: number, send: () => Promise<void>): Promise<void> {
    this.invalidations++;
    try {
      await send();
      this.source.acknowledge(id, version);
    } catch (error) {
      if (!(error instanceof CacheError)) throw error;
      if (error.code === 'INVALIDATION_PENDING') this.pending++;
      else this.refused++;
    }
  }
}
