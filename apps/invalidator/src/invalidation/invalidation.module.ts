import { Inject, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { Cache } from '@larder/cache';
import { CATALOG_RETIRED } from '@larder/contracts';
import { TopicServer, type EventConsumer } from '@larder/messaging';
import { Health } from '@larder/platform';
import { Registry } from 'prom-client';
import { CatalogEventsController } from './catalog-events.controller.js';
import { InvalidationBatches } from './invalidation-batches.js';
import { InvalidatorMetrics } from './invalidator-metrics.js';

/** From events to invalidations; provides the {@link TopicServer} for the app to listen with. */
@Module({})
export class InvalidationModule implements OnModuleInit {
  constructor(
    @Inject(Health) private readonly health: Health,
    @Inject(Cache) private readonly cache: Cache,
    @Inject(TopicServer) private readonly server: TopicServer,
  ) {}

  static with(consumer: EventConsumer): DynamicModule {
    return {
      module: InvalidationModule,
      controllers: [CatalogEventsController],
      providers: [
        InvalidationBatches,
        {
          provide: InvalidatorMetrics,
          inject: [Registry],
          useFactory: (registry: Registry) => new InvalidatorMetrics(registry, consumer),
        },
        {
          provide: TopicServer,
          inject: [InvalidatorMetrics, InvalidationBatches],
          useFactory: ({ upChanged, deadLettered }: InvalidatorMetrics, batches: InvalidationBatches) =>
            // Whatever the event was about must not be served any more once nothing will apply it.
            new TopicServer(consumer, {
              upChanged,
              deadLettered,
              deadLettering: () => batches.apply(CATALOG_RETIRED),
            }),
        },
      ],
      exports: [TopicServer],
    };
  }

  onModuleInit(): void {
    this.health.add('redis', () => this.cache.ping().then(() => 'up'), { critical: true });
    this.health.add('rabbitmq', () => Promise.resolve(this.server.up ? 'up' : 'down'), { critical: true });
  }
}
