import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { Lag } from '../../../../tools/services/index.js';
import { Cache, CacheError, defineSpace, RedisStore, tag, type CacheEvent, type SpaceCache } from '../../src/index.js';
import { Row, Source } from './source.js';

/** A store, and how a test breaks and mends it. */
export interface Outage {
  readonly name: string;
  readonly connect: () => Redis | Cluster;
  readonly strike: () => unknown;
  readonly mend: () => unknown;
  /** Whether the processes keep rows within themselves too. */
  readonly l1: boolean;
}

/**
 * What one outage cost. Durations in milliseconds, without what the machine held this process up; those of reads are over
 * the time of their own load.
 */
export interface Toll {
  readonly outage: string;
  /** The slowest of the first six reads. */
  readonly firstMs: number;
  /** Of the reads after those, one after the other. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly reads: number;
  readonly hits: number;
  /** Of the reads of rows that nobody changes, the share that were hits. */
  readonly steadyHits: number;
  /** What reached the source, and how much of it at the same time. */
  readonly loads: number;
  readonly loadsAtOnce: number;
  /** Asked for during the outage, and how many of them had to wait for its end. */
  readonly invalidations: number;
  readonly pending: number;
  /** Rows that the store held in an old version when nothing was pending any more, and invalidations that were given up. */
  readonly lost: number;
  /** Reads, from the strike on, of less than what was acknowledged or, by the process that made the change, committed. */
  readonly stale: number;
  /** From the strike until the reader has switched its own tier off; `null` without one. */
  readonly l1OffMs: number | null;
  /** From the mending until both processes hit everything, each in its newest version. */
  readonly backMs: number;
}

export const LOAD_CONCURRENCY = 16;
export const L1_STALENESS_MS = 300;

const IDS = Array.from({ length: 20 }, (_, index) => String(index));
/** Rows that nobody changes. */
const STEADY_IDS = Array.from({ length: 5 }, (_, index) => `steady ${index}`);
const LIST = 'all';
const KNOWN = [...IDS, ...STEADY_IDS, LIST];
const STEADY_MS = 400;
const BURST = 200;
const SETTLE_MS = 600;
const GIVE_UP_MS = 12_000;

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

/** Two processes' worth of cache, a writer and a reader, over one store that fails, and a source that does not. */
export class OutageScene {
  private readonly source = new Source();
  private readonly clients: (Redis | Cluster)[];
  private readonly space: typeof rows;
  private readonly writer: Cache;
  private readonly reader: Cache;
  private readonly lag = new Lag();
  private stale = 0;
  private reads = 0;
  private hits = 0;
  private steadyReads = 0;
  private steadyHits = 0;
  private invalidations = 0;
  private pending = 0;
  private refused = 0;
  private l1IsOn = false;
  private l1OffAtMs: number | null = null;

  constructor(private readonly outage: Outage) {
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

  /** Breaks, measures, mends, and tells what it cost. */
  async play(): Promise<Toll> {
    await Promise.all(this.clients.map((client) => client.connect()));
    await this.recover();
    const { source } = this;
    this.startCounting();

    const struckAtMs = this.lag.nowMs;
    await this.outage.strike();
    const firstMs = await this.readFirst();
    await this.change(IDS);
    const overMs = await this.readSteadily();
    await this.burst();
    await this.change(IDS.slice(0, 10));
    for (const id of IDS) await this.read(this.writer, id, source.version(id));
    const { reads, hits, invalidations, pending } = this;
    const during = { reads, hits, loads: source.loads, loadsAtOnce: source.peak, invalidations, pending };

    await this.outage.mend();
    const backMs = await this.recover();
    const outdated = await this.countOutdated();
    await this.settle();
    return {
      outage: this.outage.name,
      firstMs,
      p50Ms: percentile(overMs, 0.5),
      p95Ms: percentile(overMs, 0.95),
      p99Ms: percentile(overMs, 0.99),
      ...during,
      steadyHits: this.steadyHits / this.steadyReads,
      lost: this.refused + outdated + (await this.countOutdated()),
      stale: this.stale,
      l1OffMs: this.outage.l1 ? (this.l1OffAtMs ?? Infinity) - struckAtMs : null,
      backMs,
    };
  }

  async close(): Promise<void> {
    this.lag.stop();
    await Promise.all([this.writer.close(), this.reader.close()]);
    for (const client of this.clients) client.disconnect();
  }

  private startCounting(): void {
    this.source.loads = 0;
    this.source.peak = 0;
    this.reads = 0;
    this.hits = 0;
    this.l1OffAtMs = null;
  }

  private noteL1(event: CacheEvent): void {
    if (event.type !== 'l1') return;
    if (this.l1IsOn && event.state === 'off') this.l1OffAtMs ??= this.lag.nowMs;
    this.l1IsOn = event.state === 'on';
  }

  /** Reads, checks what is read, and answers how much longer than its load it took. */
  private async read(cache: Cache, id: string, atLeast = this.floor(cache, id)): Promise<number> {
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

  /** The slowest of the reads that meet a store of which nobody knows yet that it fails: of a new id, and of known ones. */
  private async readFirst(): Promise<number> {
    let slowestMs = 0;
    for (const id of ['never read before', ...IDS.slice(0, 5)]) {
      slowestMs = Math.max(slowestMs, await this.read(this.reader, id));
    }
    return slowestMs;
  }

  private async readSteadily(): Promise<number[]> {
    const overMs: number[] = [];
    const endMs = performance.now() + STEADY_MS;
    for (let turn = 0; performance.now() < endMs; turn++) {
      overMs.push(await this.read(this.reader, IDS[turn % IDS.length]!));
      const hitsBefore = this.hits;
      overMs.push(await this.read(this.reader, STEADY_IDS[turn % STEADY_IDS.length]!));
      this.steadyReads++;
      this.steadyHits += this.hits - hitsBefore;
    }
    return overMs;
  }

  /** Only what a process keeps within itself may be behind, and only while it hears of changes. */
  private floor(cache: Cache, id: string): number {
    return this.source.floor(id, cache === this.reader && this.l1IsOn && id !== LIST ? L1_STALENESS_MS : 0);
  }

  private rowsOf(cache: Cache): SpaceCache<Row> {
    return cache.space(this.space);
  }

  private async burst(): Promise<void> {
    await Promise.all(Array.from({ length: BURST }, (_, index) => this.read(this.reader, `burst ${index}`)));
  }

  /** Changes rows, and the list with them, all at once. */
  private async change(ids: readonly string[]): Promise<void> {
    await Promise.all([
      ...ids.map((id) => {
        const version = this.source.commit(id);
        return this.invalidate(id, version, () => this.rowsOf(this.writer).invalidate(id, { version }));
      }),
      this.invalidate(LIST, this.source.commit(LIST), () => this.writer.invalidate({ entries: [], tags: [members] })),
    ]);
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

  /** Reads everything until both processes hit it in its newest version; how long that took, in milliseconds. */
  private async recover(): Promise<number> {
    const startedMs = performance.now();
    while (!(await this.hitAll()) || this.l1IsOn !== this.outage.l1) {
      if (performance.now() - startedMs > GIVE_UP_MS) throw new Error(`Still no hits after ${this.outage.name}`);
      await sleep(5);
    }
    return performance.now() - startedMs;
  }

  private async hitAll(): Promise<boolean> {
    if (this.writer.pendingInvalidations === 0) this.acknowledgeAll();
    const hitsBefore = this.hits;
    for (const cache of [this.writer, this.reader]) for (const id of KNOWN) await this.read(cache, id);
    return this.hits - hitsBefore === 2 * KNOWN.length;
  }

  /** Goes on changing and reading for as long as something sent during the outage might still arrive. */
  private async settle(): Promise<void> {
    const endMs = performance.now() + SETTLE_MS;
    for (let turn = 0; performance.now() < endMs; turn++) {
      if (this.writer.pendingInvalidations === 0) this.acknowledgeAll();
      await this.change([IDS[turn % IDS.length]!]);
      for (const id of [...IDS, LIST]) await this.read(this.reader, id);
    }
  }

  private acknowledgeAll(): void {
    for (const id of [...IDS, LIST]) this.source.acknowledge(id, this.source.version(id));
  }

  /** What the store itself would still serve to a process that has just started, and should not. */
  private async countOutdated(): Promise<number> {
    const fresh = new Cache({ store: new RedisStore(this.clients[0]!) });
    let outdated = 0;
    for (const id of IDS) {
      const { value } = await this.rowsOf(fresh).read(id, () => this.source.load(id));
      if (value.version < this.source.version(id)) outdated++;
    }
    await fresh.close();
    return outdated;
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
