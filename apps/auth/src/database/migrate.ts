import { migrateUnderLock } from '@larder/platform/database';
import { dataSourceOptions } from './data-source-options.js';
import { SCHEMA } from './schema.js';

/** Brings the schema up to date; see {@link migrateUnderLock}. TypeORM's own table of migrations is in the schema too. */
export function migrate(url: string): Promise<string[]> {
  const options = dataSourceOptions({ url, statementTimeoutMs: 0, poolSize: 2 });
  return migrateUnderLock(options, 'larder auth migrations', `CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
}
