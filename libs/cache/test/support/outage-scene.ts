import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { Cache, CacheError, connectRedis, defineSpace, RedisStore, tag } from '../../src/index.js';
import { Row, Source } from './source.js';

/** An address, and how a test breaks and mends what stands behind it. */
export interface Outage {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly strike: () => Promise<unknown>;
  readonly mend: () => Promise<unknown>;
}

/** What one outage cost. Durations in milliseconds; those of reads are over the time of their own load. */
export interface Toll {
  readonly outage: string;
  /** The slowest of the first six reads. */
  readonly firstMs: number;
  /** Of the reads after those, one after the other. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly reads: number;
  readonly hits: number;
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
  /** From the mending until both processes hit everything, each in its newest version. */
  readonly backMs: number;
}

export const LOAD_CONCURRENCY = 16;

const IDS = Array.from({ length: 20 }, (_, index) => String(index));
const LIST = 'all';
const STEADY_MS = 500;
const BURST = 200;
const SETTLE_MS = 700;
const GIVE_UP_MS = 12_000;

const rows = defineSpace({ service: 'shop', entity: 'row', value: Row, version: (row) => row.version, ttlMs: 60_000 });
const lists = defineSpace({ service: 'shop', entity: 'list', value: Row, ttlMs: 60_000 });
const members = tag('shop', 'members', LIST);

/** Two processes' worth of cache, a writer and a reader, over one store that fails, and a source that does not. */
export class OutageScene {
  private readonly source = new Source();
  private readonly clients: Redis[];
  private readonly writer: Cache;
  private readonly reader: Cache;
  private stale = 0;
  private reads = 0;
  private hits = 0;
  private invalidations = 0;
  private pending = 0;
  private refused = 0;

  constructor(private readonly outage: Outage) {
    this.clients = [0, 1].map(() => connectRedis(outage, () => undefined));
    const [writer, reader] = this.clients.map(
      (client) => new Cache({ store: new RedisStore(client), loadConcurrency: LOAD_CONCURRENCY }),
    );
    this.writer = writer!;
    this.reader = reader!;
  }

  /** Breaks, measures, mends, and tells what it cost. */
  async play(): Promise<Toll> {
    await Promise.all(this.clients.map((client) => client.connect()));
    for (const id of [...IDS, LIST]) await this.read(this.reader, id);
    const { source } = this;
    source.loads = 0;
    source.peak = 0;
    this.reads = 0;
    this.hits = 0;

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
      p99Ms: percentile(overMs, 0.99),
      ...during,
      lost: this.refused + outdated + (await this.countOutdated()),
      stale: this.stale,
      backMs,
    };
  }

  async close(): Promise<void> {
    for (const cache of [this.writer, this.reader]) await cache.close();
    for (const client of this.clients) client.disconnect();
  }

  /** Reads, checks what is read, and answers how much longer than its load it took. */
  private async read(cache: Cache, id: string, atLeast = this.source.floor(id)): Promise<number> {
    const startedMs = performance.now();
    const load = () => this.source.load(id);
    const { value, outcome } =
      id === LIST
        ? await cache.space(lists).read(id, load, { tags: [members] })
        : await cache.space(rows).read(id, load);
    const tookMs = performance.now() - startedMs;
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
    }
    return overMs;
  }

  private async burst(): Promise<void> {
    await Promise.all(Array.from({ length: BURST }, (_, index) => this.read(this.reader, `burst ${index}`)));
  }

  /** Changes rows, and the list with them, all at once. */
  private async change(ids: readonly string[]): Promise<void> {
    await Promise.all([
      ...ids.map((id) => {
        const version = this.source.commit(id);
        return this.invalidate(id, version, () => this.writer.space(rows).invalidate(id, { version }));
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
    for (;;) {
      if (this.writer.pendingInvalidations === 0) this.acknowledgeAll();
      const hitsBefore = this.hits;
      for (const cache of [this.writer, this.reader]) for (const id of [...IDS, LIST]) await this.read(cache, id);
      if (this.hits - hitsBefore === 2 * (IDS.length + 1)) return performance.now() - startedMs;
      if (performance.now() - startedMs > GIVE_UP_MS) throw new Error(`Still no hits after ${this.outage.name}`);
      await sleep(5);
    }
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
      const { value } = await fresh.space(rows).read(id, () => this.source.load(id));
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
