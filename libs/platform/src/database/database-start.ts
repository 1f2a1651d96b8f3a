import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Health } from '../operations/health.js';
import { DataSource } from 'typeorm';

/** How a service's database is reached, and how this process brings its schema up to date at start. */
export interface DatabaseOptions {
  readonly url: string;
  readonly poolSize: number;
  readonly runMigrations: boolean;
  /** Runs the migrations of the database at `url`; answers their names. */
  readonly migrate: (url: string) => Promise<string[]>;
}

/** Injection token of the {@link DatabaseOptions}. */
export const DATABASE_OPTIONS = Symbol('DATABASE_OPTIONS');

/** The database cannot be used at start. The message names it without its password, and says the remedy. */
class DatabaseUnusable extends Error {
  override readonly name = 'DatabaseUnusable';

  constructor(url: string, cause: unknown) {
    const { hostname, port, pathname } = new URL(url);
    const reason = cause instanceof Error ? cause.message || cause.name : 'unknown';
    super(
      `PostgreSQL at ${hostname}:${port || '5432'}${pathname} cannot be used (${reason}): start it, or correct DATABASE_URL`,
      { cause },
    );
  }
}

/** Migrates and connects before the app serves anything. */
@Injectable()
export class DatabaseStart implements OnModuleInit {
  private readonly logger = new Logger('Database');

  constructor(
    @Inject(DATABASE_OPTIONS) private readonly options: DatabaseOptions,
    private readonly dataSource: DataSource,
    private readonly health: Health,
  ) {}

  /** @throws {DatabaseUnusable} */
  async onModuleInit(): Promise<void> {
    const { url, runMigrations, migrate } = this.options;
    try {
      for (const name of runMigrations ? await migrate(url) : []) this.logger.log(`ran migration ${name}`);
      await this.dataSource.initialize();
    } catch (error) {
      throw new DatabaseUnusable(url, error);
    }
    this.health.add('postgres', () => this.check(), { critical: true });
  }

  private async check(): Promise<'up'> {
    await this.dataSource.query('SELECT 1');
    return 'up';
  }
}
