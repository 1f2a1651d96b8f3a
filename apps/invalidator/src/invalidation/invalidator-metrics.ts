import type { EventConsumer, TopicListener } from '@larder/messaging';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const LAG_BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];

/** What the invalidator shows of itself, beside what every process shows. */
export class InvalidatorMetrics implements TopicListener {
  private readonly up: Gauge;
  private readonly lag: Histogram;
  private readonly letters: Counter;

  constructor(registry: Registry, consumer: EventConsumer) {
    const registers = [registry];
    this.up = new Gauge({
      name: 'larder_consumer_up',
      help: 'Whether events can arrive: 1 or 0',
      registers,
    });
    this.lag = new Histogram({
      name: 'larder_invalidation_lag_seconds',
      help: 'From the time of a change to the moment when no stale entry of it remains',
      buckets: LAG_BUCKETS_SECONDS,
      registers,
    });
    this.letters = new Counter({
      name: 'larder_dead_lettered_total',
      help: 'Events put among the dead letters, after the whole cache of the catalog was retired for each',
      registers,
    });
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

  upChanged = (up: boolean): void => {
    this.up.set(up ? 1 : 0);
  };

  deadLettered = (): void => {
    this.letters.inc();
  };

  /** An event has been applied. `time` is when it happened, RFC 3339; a clock ahead of ours counts as no lag. */
  applied(time: string, now = Date.now()): void {
    this.lag.observe(Math.max(0, now - Date.parse(time)) / 1_000);
  }
}
