import { Module, type DynamicModule } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { CacheModule, type CacheBackend } from '@larder/cache/nest';
import { prometheusListener } from '@larder/cache/prometheus';
import { CATALOG_EXCHANGE } from '@larder/contracts';
import { AmqpPublisher, type Publisher } from '@larder/messaging';
import { OperationsModule, realOrTwin, redisSettings, RefusalInterceptor, RpcServerModule } from '@larder/platform';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { CategoriesModule } from './categories/categories.module.js';
import type { CatalogConfig } from './config.js';
import { DatabaseModule } from './database/database.module.js';
import { runningTransactions } from './database/running-transactions.js';
import { asRefusal } from './failures/unavailable.js';
import { OutboxModule } from './outbox/outbox.module.js';
import { ProductsModule } from './products/products.module.js';
import { SearchModule } from './search/search.module.js';
import { StockModule } from './stock/stock.module.js';
import type { CatalogTwins } from './twins.js';

const PUBLISHING = { exchange: CATALOG_EXCHANGE, name: 'larder-catalog' };

/** The catalog: products, categories, stock and search over RPC, cached, and the relay of their events. */
@Module({})
export class AppModule {
  /** @throws {ConfigError} for a server that has neither an address nor a twin */
  static with(config: CatalogConfig, twins: CatalogTwins): DynamicModule {
    const { DATABASE_URL: url, DATABASE_POOL: poolSize, RUN_MIGRATIONS: runMigrations } = config;
    return {
      module: AppModule,
      imports: [
        OperationsModule.with({ host: config.OPS_HOST, port: config.OPS_PORT }),
        RpcServerModule.with({
          service: 'catalog',
          keys: { gateway: config.SERVICE_KEY_GATEWAY_CATALOG },
          peers: { invalidator: config.SERVICE_KEY_INVALIDATOR_CATALOG },
        }),
        DatabaseModule.with({ url, poolSize, runMigrations }),
        CacheModule.forRootAsync({
          inject: [Registry, DataSource],
          useFactory: (registry: Registry, dataSource: DataSource) => ({
            ...backendOf(config, twins),
            loadConcurrency: Math.ceil(poolSize / 2), // writes and stock find the other half of the pool free
            transactions: runningTransactions(dataSource),
            onEvent: prometheusListener(registry),
          }),
        }),
        OutboxModule.with({ databaseUrl: url, publisher: publisherOf(config, twins) }),
        ProductsModule,
        CategoriesModule,
        StockModule,
        SearchModule,
      ],
      providers: [{ provide: APP_INTERCEPTOR, useFactory: () => new RefusalInterceptor('Catalog', asRefusal) }],
    };
  }
}

function backendOf(config: CatalogConfig, { store }: CatalogTwins): CacheBackend {
  const redis = redisSettings(config);
  return realOrTwin(redis && { redis }, store && { store }, 'REDIS_HOST');
}

function publisherOf({ RABBITMQ_URL: url }: CatalogConfig, { bus }: CatalogTwins): () => Publisher {
  const real = url === undefined ? null : () => new AmqpPublisher({ url, ...PUBLISHING });
  return realOrTwin(real, bus && (() => lent(bus)), 'RABBITMQ_URL');
}

/** The bus without its end: it belongs to whoever passed it, and others still use it. */
function lent(bus: Publisher): Publisher {
  return {
    get connected() {
      return bus.connected;
    },
    publish: (events) => bus.publish(events),
    close: () => Promise.resolve(),
  };
}
