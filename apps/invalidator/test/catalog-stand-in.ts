import { Controller, Inject, Module, type DynamicModule } from '@nestjs/common';
import {
  catalog,
  CATALOG_EXCHANGE,
  CATALOG_SOURCE,
  CHANGE_BATCH,
  type BatchedChange,
  type ChangeBatch,
} from '@larder/contracts';
import { AmqpPublisher, type OutgoingEvent } from '@larder/messaging';
import {
  Handles,
  Input,
  RpcServerModule,
  startRpcServer,
  type ParsedInputOf,
  type RunningRpcServer,
} from '@larder/platform';
import { until } from '../../../tools/services/index.js';

/** The key that the invalidator and the stand-in share. */
export const KEY = 'the key of invalidator and catalog, long enough';

const LOG = Symbol('LOG');

@Controller()
class LogController {
  constructor(@Inject(LOG) private readonly log: readonly ChangeBatch[]) {}

  @Handles(catalog.changesSince)
  async since(@Input() { after }: ParsedInputOf<typeof catalog.changesSince>): Promise<ChangeBatch[] | null> {
    const place = this.log.findIndex((batch) => batch.after === after);
    if (place >= 0) return this.log.slice(place, place + 2);
    return (this.log.at(-1)?.upTo ?? 0) === after ? [] : null;
  }
}

@Module({})
class LogModule {
  static with(log: readonly ChangeBatch[]): DynamicModule {
    return {
      module: LogModule,
      imports: [RpcServerModule.with({ service: 'catalog', keys: {}, peers: { invalidator: KEY } })],
      controllers: [LogController],
      providers: [{ provide: LOG, useValue: log }],
    };
  }
}

/** What the invalidator knows of a catalog: batches that come by the broker, and a log that answers at most two of them at a time. */
export class CatalogStandIn {
  private last = 0;
  private server: RunningRpcServer | null = null;
  private publisher: AmqpPublisher | null = null;
  private listensOn = 0;
  readonly log: ChangeBatch[] = [];

  /** Where the log is asked for, on 127.0.0.1; the same after it was away. */
  get port(): number {
    return this.listensOn;
  }

  /** Publishes from now on. */
  async connect(rabbitUrl: string): Promise<void> {
    const publisher = new AmqpPublisher({ url: rabbitUrl, exchange: CATALOG_EXCHANGE, name: 'stand-in' });
    this.publisher = publisher;
    await until('the publisher is connected', 5_000, () => publisher.connected);
  }

  /** Answers questions from now on. */
  async listen(): Promise<void> {
    const address = { host: '127.0.0.1', port: this.listensOn, logger: false as const };
    this.server = await startRpcServer(LogModule.with(this.log), address);
    this.listensOn = this.server.port;
  }

  /** Answers no questions until it listens again. */
  async goDeaf(): Promise<void> {
    await this.server?.close();
    this.server = null;
  }

  /** The next batch, in the log; it is left to the caller to publish it. */
  number(changes: readonly unknown[], asOfMs: number | null = null): ChangeBatch {
    const batch: ChangeBatch = { after: this.last, upTo: this.last + 3, asOfMs, changes: [...changes] };
    this.log.push(batch);
    this.last = batch.upTo;
    return batch;
  }

  /** Goes on with a batch of the caller's making. */
  resume(batch: ChangeBatch): void {
    this.log.push(batch);
    this.last = batch.upTo;
  }

  beat(asOfMs: number): ChangeBatch {
    return { after: this.last, upTo: this.last, asOfMs, changes: [] };
  }

  async publish(...batches: readonly unknown[]): Promise<void> {
    const outcomes = await this.publisher?.publish(batches.map(batchEvent));
    expect(new Set(outcomes)).toEqual(new Set(['confirmed']));
  }

  /** Each change in a batch of its own. */
  async change(...changes: readonly unknown[]): Promise<void> {
    await this.publish(...changes.map((change) => this.number([change])));
  }

  async close(): Promise<void> {
    await this.goDeaf();
    await this.publisher?.close();
  }
}

let events = 0;

/** A batch, or what is none, as it comes by the broker. */
export function batchEvent(data: unknown): OutgoingEvent {
  events += 1;
  return { id: `batch-${events}`, type: CHANGE_BATCH, source: CATALOG_SOURCE, time: new Date().toISOString(), data };
}

/** That a product has now that version. */
export function updated(id: string, version: number): BatchedChange {
  const data = { id, version, categoryPath: [id], previousCategoryPath: [id], changed: ['price_minor'] };
  return { type: 'catalog.product.updated', data, transaction: '7' };
}
