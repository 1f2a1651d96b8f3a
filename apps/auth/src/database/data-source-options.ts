import type { DataSourceOptions } from 'typeorm';
import { PreferencesEntity } from '../preferences/preferences.entity.js';
import { UserEntity } from '../accounts/user.entity.js';
import { MIGRATIONS } from './migrations/index.js';
import { SCHEMA } from './schema.js';

const CONNECT_TIMEOUT_MS = 2_000;

/** How the auth service uses its database. */
export interface DatabaseSettings {
  /** `postgresql://user:password@host:port/database` */
  readonly url: string;
  /** How long one statement may take, waiting for locks included; 0 is for ever. */
  readonly statementTimeoutMs: number;
  /** Connections at most. */
  readonly poolSize: number;
}

/** TypeORM's options; nothing connects until `initialize`. Statements outside a transaction run in autocommit. */
export function dataSourceOptions({ url, statementTimeoutMs, poolSize }: DatabaseSettings): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: 'larder-auth',
    poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: {
      statement_timeout: statementTimeoutMs,
      ...(statementTimeoutMs > 0 && { query_timeout: statementTimeoutMs + CONNECT_TIMEOUT_MS }),
      idle_in_transaction_session_timeout: 30_000,
      keepAlive: true,
    },
    installExtensions: false,
    schema: SCHEMA,
    entities: [UserEntity, PreferencesEntity],
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'all',
  };
}
