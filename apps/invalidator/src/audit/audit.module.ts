import { Module, type DynamicModule } from '@nestjs/common';
import { Cache } from '@larder/cache';
import type { EventConsumer } from '@larder/messaging';
import { Registry } from 'prom-client';
import { AuditIntake } from './audit-intake.js';
import { AuditMetrics } from './audit-metrics.js';
import { Auditor } from './auditor.js';
import { WorstKeys } from './worst-keys.js';

const MAX_NAMED = 10;

/** What {@link AuditModule} takes. */
export interface AuditOptions {
  /** Of the individual events. */
  readonly consumer: EventConsumer;
  /** How many events are sampled a second, > 0. */
  readonly perSecond: number;
}

/** Samples the catalog's events and checks the cache against them; see docs/decisions/0024-an-auditor-on-its-own-queue.md. */
@Module({})
export class AuditModule {
  static with({ consumer, perSecond }: AuditOptions): DynamicModule {
    return {
      module: AuditModule,
      providers: [
        {
          provide: AuditIntake,
          inject: [Registry, Cache],
          useFactory: (registry: Registry, cache: Cache) => {
            const worst = new WorstKeys(MAX_NAMED);
            const metrics = new AuditMetrics(registry, worst);
            const auditor = new Auditor({ cache, perSecond, metrics, worst });
            return new AuditIntake({ consumer, auditor, metrics });
          },
        },
      ],
    };
  }
}
