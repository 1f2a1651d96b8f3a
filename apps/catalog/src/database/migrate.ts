import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source-options.js';

/** Locks are told apart by name: numbers picked by hand met in two services once they shared a database. */
const MIGRATION_LOCK = 'larder catalog migrations';
const LOCK_WAIT_MS = 60_000;

/**
 * Brings the database's schema up to date. Of several processes that try at once, one does the work while the others
 * wait for it, at most a minute.
 *
 * @returns the names of the migrations that this call ran, oldest first
 * @throws if the server cannot be reached, a migration fails (nothing of it stays then), or the wait is over
 */
export async function migrate(url: string): Promise<string[]> {
  const dataSource = new DataSource(dataSourceOptions({ url, statementTimeoutMs: 0, poolSize: 2 }));
  await dataSource.initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query(`SET lock_timeout = ${LOCK_WAIT_MS}`);
    await lock.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [MIGRATION_LOCK]);
    const done = await dataSource.runMigrations();
    await lock.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [MIGRATION_LOCK]);
    return done.map(({ name }) => name);
  } finally {
    await lock.release();
    await dataSource.destroy();
  }
}
