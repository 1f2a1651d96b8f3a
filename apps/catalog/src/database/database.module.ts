import { setTimeout as sleep } from 'node:timers/promises';
import { Global, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DATABASE_OPTIONS, DatabaseStart, type DatabaseOptions } from '@larder/platform/database';
import { Commits } from './commits.js';
import { dataSourceOptions } from './data-source-options.js';
import { migrate } from './migrate.js';

const STATEMENT_TIMEOUT_MS = 4_000;
const CLOSE_TIMEOUT_MS = 1_000;

/** Provides TypeORM's `DataSource` to the whole app; {@link DatabaseStart} connects it. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(private readonly dataSource: DataSource) {}

  static with(options: Omit<DatabaseOptions, 'migrate'>): DynamicModule {
    const { url, poolSize } = options;
    const settings = dataSourceOptions({ url, poolSize, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
    return {
      module: DatabaseModule,
      providers: [
        { provide: DataSource, useFactory: () => new DataSource(settings) },
        { provide: DATABASE_OPTIONS, useValue: { ...options, migrate } },
        DatabaseStart,
        Commits,
      ],
      exports: [DataSource, Commits],
    };
  }

  /** Runs after the calls in flight have ended. A server that says nothing any more must not keep the process. */
  async onApplicationShutdown(): Promise<void> {
    if (!this.dataSource.isInitialized) return;
    await Promise.race([this.dataSource.destroy(), sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
  }
}
