import { Module, type DynamicModule } from '@nestjs/common';
import { CacheModule, type CacheBackend } from '@larder/cache/nest';
import { prometheusListener } from '@larder/cache/prometheus';
import { OperationsModule, realOrTwin, redisSettings, serviceTls } from '@larder/platform';
import { Registry } from 'prom-client';
import { AuditModule } from './audit/audit.module.js';
import type { InvalidatorConfig } from './config.js';
import { InvalidationModule, type InvalidationOptions } from './invalidation/invalidation.module.js';
import { changesConsumer, samplesConsumer, type Broker } from './topology.js';
import type { InvalidatorTwins } from './twins.js';

/** Nobody waits for the invalidator, so it can be patient: a batch that was cut off would only be sent again. */
const OPERATION_TIMEOUT_MS = 500;

/** The invalidator: the catalog's changes in, an up-to-date cache out. */
@Module({})
export class AppModule {
  /** @throws {ConfigError} for a server that has neither an address nor a twin */
  static with(config: InvalidatorConfig, twins: InvalidatorTwins): DynamicModule {
    const backend = backendOf(config, twins);
    const broker = { url: config.RABBITMQ_URL, bus: twins.bus };
    const consumer = changesConsumer(broker);
    return {
      module: AppModule,
      imports: [
        OperationsModule.with({ host: config.OPS_HOST, port: config.OPS_PORT }),
        CacheModule.forRootAsync({
          inject: [Registry],
          useFactory: (registry: Registry) => ({
            ...backend,
            operationTimeoutMs: OPERATION_TIMEOUT_MS,
            maxPendingInvalidations: 0, // what is not applied is not acknowledged, and repeated from there
            onEvent: prometheusListener(registry),
          }),
        }),
        InvalidationModule.with({ consumer, catalog: catalogOf(config) }),
        ...auditOf(config, broker),
      ],
    };
  }
}

/** With no events to sample, nobody asks the broker for them. */
function auditOf({ AUDIT_EVENTS_PER_SECOND: perSecond }: InvalidatorConfig, broker: Broker): DynamicModule[] {
  return perSecond === 0 ? [] : [AuditModule.with({ consumer: samplesConsumer(broker), perSecond })];
}

function catalogOf(config: InvalidatorConfig): InvalidationOptions['catalog'] {
  const { CATALOG_ADDRESSES: addresses, SERVICE_KEY_INVALIDATOR_CATALOG: key } = config;
  const hosts = addresses.map(({ host }) => host);
  const tls = serviceTls('invalidator', config, hosts);
  return { service: 'invalidator', upstream: 'catalog', addresses, key, ...(tls && { tls: tls.toward('catalog') }) };
}

function backendOf(config: InvalidatorConfig, { store }: InvalidatorTwins): CacheBackend {
  const redis = redisSettings(config);
  return realOrTwin(redis && { redis }, store && { store }, 'REDIS_HOST');
}
