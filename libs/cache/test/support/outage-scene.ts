import { setTimeout as sleep } from 'node:timers/promises';
import { Cache, RedisStore } from '../../src/index.js';
import { IDS, LIST, OutageTraffic } from './outage-traffic.js';
import type { Outage, Toll } from './outage.js';

/** Rows that nobody changes. */
const STEADY_IDS = Array.from({ length: 5 }, (_, index) => `steady ${index}`);

const KNOWN = [...IDS, ...STEADY_IDS, LIST];
const STEADY_MS = 400;
const BURST = 200;
const SETTLE_MS = 600;
const GIVE_UP_MS = 12_000;

/** One outage, from before it until all is well again. */
export class OutageScene {
  private readonly traffic: OutageTraffic;
  private steadyReads = 0;
  private steadyHits = 0;

  constructor(private readonly outage: Outage) {
    this.traffic = new OutageTraffic(outage);
  }

  /** Breaks, measures, mends, and tells what it cost. */
  async play(): Promise<Toll> {
    await this.traffic.open();
    await this.recover();
    this.traffic.startCounting();

    const struckAtMs = this.traffic.lag.nowMs;
    await this.outage.strike();
    const firstMs = await this.readFirst();
    await this.traffic.change(IDS);
    const overMs = await this.readSteadily();
    await this.burst();
    await this.traffic.change(IDS.slice(0, 10));
    for (const id of IDS) await this.traffic.read(this.traffic.writer, id, this.traffic.source.version(id));
    const { source, reads, hits, invalidations, pending } = this.traffic;
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
      lost: this.traffic.refused + outdated + (await this.countOutdated()),
      stale: this.traffic.stale,
      l1OffMs: this.outage.l1 ? (this.traffic.l1OffAtMs ?? Infinity) - struckAtMs : null,
      backMs,
    };
  }

  /** Ends the processes. */
  close(): Promise<void> {
    return this.traffic.close();
  }

  /** The slowest of the reads that meet a store of which nobody knows yet that it fails: of a new id, and of known ones. */
  private async readFirst(): Promise<number> {
    let slowestMs = 0;
    for (const id of ['never read before', ...IDS.slice(0, 5)]) {
      slowestMs = Math.max(slowestMs, await this.traffic.read(this.traffic.reader, id));
    }
    return slowestMs;
  }

  private async readSteadily(): Promise<number[]> {
    const overMs: number[] = [];
    const endMs = performance.now() + STEADY_MS;
    for (let turn = 0; performance.now() < endMs; turn++) {
      overMs.push(await this.traffic.read(this.traffic.reader, IDS[turn % IDS.length]!));
      const hitsBefore = this.traffic.hits;
      overMs.push(await this.traffic.read(this.traffic.reader, STEADY_IDS[turn % STEADY_IDS.length]!));
      this.steadyReads++;
      this.steadyHits += this.traffic.hits - hitsBefore;
    }
    return overMs;
  }

  private async burst(): Promise<void> {
    await Promise.all(
      Array.from({ length: BURST }, (_, index) => this.traffic.read(this.traffic.reader, `burst ${index}`)),
    );
  }

  /** Reads everything until both processes hit it in its newest version; how long that took, in milliseconds. */
  private async recover(): Promise<number> {
    const startedMs = performance.now();
    while (!(await this.hitAll()) || this.traffic.l1IsOn !== this.outage.l1) {
      if (performance.now() - startedMs > GIVE_UP_MS) throw new Error(`Still no hits after ${this.outage.name}`);
      await sleep(5);
    }
    return performance.now() - startedMs;
  }

  private async hitAll(): Promise<boolean> {
    this.traffic.acknowledgeIfNothingWaits();
    const hitsBefore = this.traffic.hits;
    for (const cache of [this.traffic.writer, this.traffic.reader])
      for (const id of KNOWN) await this.traffic.read(cache, id);
    return this.traffic.hits - hitsBefore === 2 * KNOWN.length;
  }

  /** Goes on changing and reading for as long as something sent during the outage might still arrive. */
  private async settle(): Promise<void> {
    const endMs = performance.now() + SETTLE_MS;
    for (let turn = 0; performance.now() < endMs; turn++) {
      this.traffic.acknowledgeIfNothingWaits();
      await this.traffic.change([IDS[turn % IDS.length]!]);
      for (const id of [...IDS, LIST]) await this.traffic.read(this.traffic.reader, id);
    }
  }

  /** What the store itself would still serve to a process that has just started, and should not. */
  private async countOutdated(): Promise<number> {
    const fresh = new Cache({ store: new RedisStore(this.traffic.clients[0]!) });
    let outdated = 0;
    for (const id of IDS) {
      const { value } = await this.traffic.rowsOf(fresh).read(id, () => this.traffic.source.load(id));
      if (value.version < this.traffic.source.version(id)) outdated++;
    }
    await fresh.close();
    return outdated;
  }
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
