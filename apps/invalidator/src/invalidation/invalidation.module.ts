import { Inject, Module, type DynamicModule, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { Cache, Chain } from '@larder/cache';
import { CATALOG_RETIRED, CATALOG_SERVICE, CATALOG_SPACES } from '@larder/contracts';
import { TopicServer, type EventConsumer } from '@larder/messaging';
import { Health, RpcClient, type RpcClientOptions } from '@larder/platform';
import { Registry } from 'prom-client';
import { BatchQueue } from './batch-queue.js';
import { ChangeBatchesController } from './change-batches.controller.js';
import { Insistence } from './insistence.js';
import { InvalidatorMetrics } from './invalidator-metrics.js';
import { RemoteChangeLog } from './remote-change-log.js';

/** What {@link InvalidationModule} takes. */
export interface InvalidationOptions {
  readonly consumer: EventConsumer;
  /** How the catalog is called. */
  readonly catalog: Omit<RpcClientOptions, 'registry'>;
}

/** From the catalog's batches to an up-to-date cache; provides the {@link TopicServer} for the app to listen with. */
@Module({})
export class InvalidationModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(Health) private readonly health: Health,
    @Inject(Cache) private readonly cache: Cache,
    @Inject(TopicServer) private readonly server: TopicServer,
    @Inject(RpcClient) private readonly catalog: RpcClient,
  ) {}

  static with({ consumer, catalog }: InvalidationOptions): DynamicModule {
    return {
      module: InvalidationModule,
      controllers: [ChangeBatchesController],
      providers: [
        Insistence,
        BatchQueue,
        {
          provide: RpcClient,
          inject: [Registry],
          useFactory: (registry: Registry) => new RpcClient({ ...catalog, registry }),
        },
        { provide: Chain, inject: [Cache, RpcClient], useFactory: chainOf },
        {
          provide: InvalidatorMetrics,
          inject: [Registry, Cache],
          useFactory: (registry: Registry, cache: Cache) => new InvalidatorMetrics(registry, { consumer, cache }),
        },
        {
          provide: TopicServer,
          inject: [InvalidatorMetrics, Insistence, Cache],
          useFactory: ({ upChanged, deadLettered }: InvalidatorMetrics, insistence: Insistence, cache: Cache) =>
            // Whatever the message was about must not be served any more once nothing will apply it.
            new TopicServer(consumer, {
              upChanged,
              deadLettered,
              deadLettering: () => insistence.on(() => cache.invalidate(CATALOG_RETIRED)),
            }),
        },
      ],
      exports: [TopicServer],
    };
  }

  onModuleInit(): void {
    this.health.add('redis', () => this.cache.ping().then(() => 'up'), { critical: true });
    this.health.add('rabbitmq', () => Promise.resolve(this.server.up ? 'up' : 'down'), { critical: true });
    this.health.add('catalog', () => this.catalog.health(), { critical: false }); // asked only for what is missing
  }

  onApplicationShutdown(): void {
    this.catalog.close();
  }
}

function chainOf(cache: Cache, client: RpcClient): Chain {
  return new Chain(cache, { service: CATALOG_SERVICE, spaces: CATALOG_SPACES, log: new RemoteChangeLog(client) });
}
