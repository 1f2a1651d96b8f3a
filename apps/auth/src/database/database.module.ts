import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DATABASE_OPTIONS, DatabaseStart, type DatabaseOptions } from '@larder/platform/database';
import { dataSourceOptions } from './data-source-options.js';
import { migrate } from './migrate.js';

/** Every statement here reads or writes one row by its key. */
const STATEMENT_TIMEOUT_MS = 1_000;

/** Provides TypeORM's `DataSource` to the whole app; {@link DatabaseStart} connects it. */
@Module({})
export class DatabaseModule {
  static with(options: Omit<DatabaseOptions, 'migrate'>): DynamicModule {
    const { url, poolSize } = options;
    const settings = dataSourceOptions({ url, poolSize, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
    return {
      module: DatabaseModule,
      imports: [TypeOrmModule.forRoot({ ...settings, manualInitialization: true })],
      providers: [{ provide: DATABASE_OPTIONS, useValue: { ...options, migrate } }, DatabaseStart],
    };
  }
}
