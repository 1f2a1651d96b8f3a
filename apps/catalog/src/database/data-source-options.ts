import type { DataSourceOptions } from 'typeorm';
import { CategoryEntity } from '../categories/category.entity.js';
import { ProductEntity } from '../products/product.entity.js';
import { StockEntity } from '../stock/stock.entity.js';
import { MIGRATIONS } from './migrations/index.js';

const CONNECT_TIMEOUT_MS = 2_000;
/** Beyond the server's own limit on a statement: for a server that says nothing any more. */
const SILENCE_MS = 1_000;

/** How the catalog uses its database. */
export interface DatabaseSettings {
  /** `postgresql://user:password@host:port/database` */
  readonly url: string;
  /** How long one statement may take, waiting for locks included; 0 is for ever. */
  readonly statementTimeoutMs: number;
  /** Connections at most. */
  readonly poolSize: number;
}

/** TypeORM's options; nothing connects until `initialize`. Statements outside a transaction run in autocommit. */
export function dataSourceOptions(settings: DatabaseSettings): DataSourceOptions {
  return {
    type: 'postgres',
    url: settings.url,
    applicationName: 'larder-catalog',
    poolSize: settings.poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: {
      statement_timeout: settings.statementTimeoutMs,
      ...(settings.statementTimeoutMs > 0 && { query_timeout: settings.statementTimeoutMs + SILENCE_MS }),
      idle_in_transaction_session_timeout: 30_000,
      keepAlive: true,
    },
    installExtensions: false,
    entities: [ProductEntity, CategoryEntity, StockEntity],
    migrations: MIGRATIONS,
    migrationsTableName: 'catalog_migrations',
    migrationsTransactionMode: 'all',
  };
}
