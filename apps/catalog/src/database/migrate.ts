import { migrateUnderLock } from '@larder/platform/database';
import { dataSourceOptions } from './data-source-options.js';

/** Brings the database's schema up to date; see {@link migrateUnderLock}. */
export function migrate(url: string): Promise<string[]> {
  return migrateUnderLock(dataSourceOptions({ url, statementTimeoutMs: 0, poolSize: 2 }), 'larder catalog migrations');
}
