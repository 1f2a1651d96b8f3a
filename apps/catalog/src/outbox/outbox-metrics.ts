import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { DataSource } from 'typeorm';

interface Backlog {
  readonly rows: number;
  readonly age: number;
}

/** What is not numbered yet, what is but has not been published, and what is owed of what has. */
const BACKLOG = `
  SELECT coalesce(sum(rows), 0)::integer AS rows,
    coalesce(extract(epoch FROM clock_timestamp() - min(oldest)), 0)::double precision AS age
  FROM (
    SELECT count(*) AS rows, min(occurred_at) AS oldest FROM public.outbox
    UNION ALL
    SELECT sum(json_array_length(changes)), min(created_at) FROM public.invalidation_log WHERE published_at IS NULL
    UNION ALL
    SELECT count(*), min(created_at) FROM public.owed_events
  ) AS waiting`;

/** How much waits to be published, asked of the database once a scrape, and what came of publishing. */
@Injectable()
export class OutboxMetrics {
  readonly published: Counter<'outcome'>;
  readonly givenUp: Counter;
  private asking: Promise<Backlog | undefined> | null = null;

  constructor(
    private readonly dataSource: DataSource,
    registry: Registry,
  ) {
    const backlog = (): Promise<Backlog | undefined> => this.backlog();
    new Gauge({
      name: 'larder_outbox_pending_rows',
      help: 'Events that wait to be published; absent while the database cannot be asked.',
      registers: [registry],
      async collect() {
        show(this, (await backlog())?.rows);
      },
    });
    new Gauge({
      name: 'larder_outbox_oldest_age_seconds',
      help: 'Age of the oldest event that waits to be published; 0 when none waits.',
      registers: [registry],
      async collect() {
        show(this, (await backlog())?.age);
      },
    });
    this.published = new Counter({
      name: 'larder_outbox_publish_total',
      help: 'Events handed to the broker, by what became of them.',
      labelNames: ['outcome'],
      registers: [registry],
    });
    this.givenUp = new Counter({
      name: 'larder_outbox_given_up_total',
      help: 'Events that are published no more: for ten minutes some queue has not taken them.',
      registers: [registry],
    });
  }

  /** One question for both gauges: a scrape collects them at the same time. */
  private backlog(): Promise<Backlog | undefined> {
    this.asking ??= this.ask().finally(() => {
      this.asking = null;
    });
    return this.asking;
  }

  private async ask(): Promise<Backlog | undefined> {
    try {
      return (await this.dataSource.query<Backlog[]>(BACKLOG))[0];
    } catch {
      return undefined; // the scrape must answer; readiness tells of the database
    }
  }
}

function show(gauge: Gauge, value: number | undefined): void {
  if (value === undefined) gauge.remove();
  else gauge.set(value);
}
