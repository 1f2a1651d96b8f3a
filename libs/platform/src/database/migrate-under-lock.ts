import { DataSource, type DataSourceOptions } from 'typeorm';

const LOCK_WAIT_MS = 60_000;

/**
 * Runs the migrations of `options` that are still to run. Of several processes that try at once, one does the work
 * while the others wait for it, at most a minute.
 *
 * @param name     of the lock; locks are told apart by name, because numbers picked by hand meet in a shared database
 * @param prepare  a statement to run first, under the lock
 * @returns the names of the migrations that this call ran, oldest first
 * @throws if the server cannot be reached, a migration fails (nothing of it stays then), or the wait is over
 */
export async function migrateUnderLock(options: DataSourceOptions, name: string, prepare?: string): Promise<string[]> {
  const dataSource = new DataSource(options);
  await dataSource.initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query(`SET lock_timeout = ${LOCK_WAIT_MS}`);
    await lock.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [name]);
    if (prepare !== undefined) await lock.query(prepare);
    const done = await dataSource.runMigrations();
    await lock.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]);
    return done.map((migration) => migration.name);
  } finally {
    await lock.release();
    await dataSource.destroy();
  }
}
