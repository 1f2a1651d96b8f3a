import type { Cache } from '@larder/cache';
import type { ChangeBatch } from '@larder/contracts';
import type { EventConsumer, TopicListener } from '@larder/messaging';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { BatchOutcome } from './batch-queue.js';

const LAG_BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** What {@link InvalidatorMetrics} asks when it is asked. */
export interface InvalidatorSources {
  readonly consumer: Pick<EventConsumer, 'countDeadLetters'>;
  readonly cache: Pick<Cache, 'now'>;
}

/** What the invalidator shows of itself, beside what every process shows. */
export class InvalidatorMetrics implements TopicListener {
  private readonly up: Gauge;
  private readonly lag: Histogram;
  private readonly letters: Counter;
  private readonly batches: Counter<'outcome'>;
  private readonly changes: Counter;
  private readonly position: Gauge;
  private asOfMs: number | null = null;

  constructor(registry: Registry, sources: InvalidatorSources) {
    const registers = [registry];
    this.up = new Gauge({ name: 'larder_consumer_up', help: 'Whether events can arrive: 1 or 0', registers });
    this.lag = new Histogram({
      name: 'larder_invalidation_lag_seconds',
      help: 'From the oldest change of a batch to the moment when no stale entry of the batch remains',
      buckets: LAG_BUCKETS_SECONDS,
      registers,
    });
    this.letters = new Counter({
      name: 'larder_dead_lettered_total',
      help: 'Messages put among the dead letters, after the whole cache of the catalog was retired for each',
      registers,
    });
    this.batches = new Counter({
      name: 'larder_chain_batches_total',
      help: 'Batches of changes, beats among them, by what became of them',
      labelNames: ['outcome'],
      registers,
    });
    this.changes = new Counter({
      name: 'larder_chain_changes_total',
      help: 'Changes in the batches that were applied as they came',
      registers,
    });
    this.position = new Gauge({
      name: 'larder_chain_position',
      help: 'The number up to which this process knows the cache to have every change',
      registers,
    });
    showDeadLetters(registers, sources.consumer);
    showCertificateAge(registers, async () => {
      const { asOfMs } = this;
      const nowMs = asOfMs === null ? null : await sources.cache.now();
      return asOfMs === null || nowMs === null ? null : Math.max(0, nowMs - asOfMs) / 1_000;
    });
  }

  upChanged = (up: boolean): void => {
    this.up.set(up ? 1 : 0);
  };

  deadLettered = (): void => {
    this.letters.inc();
  };

  /** A batch has been handled. `time` is when its oldest change happened, RFC 3339; a clock ahead of ours counts as no lag. */
  handled({ upTo, asOfMs, changes }: ChangeBatch, outcome: BatchOutcome, time: string, now = Date.now()): void {
    this.batches.inc({ outcome });
    this.position.set(upTo);
    if (outcome === 'duplicate') return;
    if (asOfMs !== null) this.asOfMs = asOfMs;
    if (changes.length === 0) return;
    this.changes.inc(changes.length);
    this.lag.observe(Math.max(0, now - Date.parse(time)) / 1_000);
  }
}

function showDeadLetters(registers: Registry[], consumer: InvalidatorSources['consumer']): void {
  new Gauge({
    name: 'larder_dead_letters',
    help: 'Messages that wait among the dead letters, as last counted',
    registers,
    async collect() {
      await consumer.countDeadLetters().then(
        (count) => {
          this.set(count);
        },
        () => undefined, // nobody can tell now: the last count stands
      );
    },
  });
}

function showCertificateAge(registers: Registry[], ageSeconds: () => Promise<number | null>): void {
  new Gauge({
    name: 'larder_certificate_age_seconds',
    help: 'How long ago everything that was committed was applied, by the clock of the cache; absent until this process has certified it',
    registers,
    async collect() {
      const age = await ageSeconds().catch(() => null);
      if (age === null) this.remove();
      else this.set(age);
    },
  });
}
