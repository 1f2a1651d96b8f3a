import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Cache } from '@larder/cache';
import type { Publisher } from '@larder/messaging';
import { Announcer } from '../changes/announcer.js';
import { Bell } from './bell.js';
import { ChangeLog } from './change-log.js';
import { ChangesController } from './changes.controller.js';
import { DependencyHealth } from './dependency-health.js';
import { OutboxMetrics } from './outbox-metrics.js';
import { PUBLISHER, RELAY_SOURCE, type RelaySource } from './outbox.tokens.js';
import { RelayRunner } from './relay-runner.js';

/** What {@link OutboxModule} takes. */
export interface OutboxOptions {
  readonly databaseUrl: string;
  /** Called once, at start. */
  readonly publisher: () => Publisher;
}

/** The way of a committed change out of the catalog: directly into the cache, and by its events to the broker. */
@Global()
@Module({})
export class OutboxModule {
  static with({ databaseUrl, publisher }: OutboxOptions): DynamicModule {
    return {
      module: OutboxModule,
      controllers: [ChangesController],
      providers: [
        ChangeLog,
        { provide: PUBLISHER, useFactory: publisher },
        {
          provide: RELAY_SOURCE,
          inject: [Cache],
          useFactory: (cache: Cache): RelaySource => ({ databaseUrl, now: () => cache.now() }),
        },
        { provide: Bell, useFactory: () => new Bell() },
        OutboxMetrics,
        RelayRunner,
        Announcer,
        DependencyHealth,
      ],
      exports: [Announcer],
    };
  }
}
