import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Publisher } from '@larder/messaging';
import { Announcer } from '../changes/announcer.js';
import { Bell } from './bell.js';
import { DependencyHealth } from './dependency-health.js';
import { OutboxMetrics } from './outbox-metrics.js';
import { PUBLISHER, RELAY_DATABASE } from './outbox.tokens.js';
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
      providers: [
        { provide: PUBLISHER, useFactory: publisher },
        { provide: RELAY_DATABASE, useValue: databaseUrl },
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
