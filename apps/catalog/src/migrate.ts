import { ConfigError, scrubText } from '@larder/platform';
import { loadMigrationConfig } from './config.js';
import { migrate } from './database/migrate.js';

/** Brings the catalog's schema up to date and ends: for a step of a deployment that runs before the services. */
try {
  const done = await migrate(loadMigrationConfig().DATABASE_URL);
  process.stdout.write(`catalog: ${done.length === 0 ? 'the schema is up to date' : `ran ${done.join(', ')}`}\n`);
} catch (error) {
  process.stderr.write(`catalog: ${scrubText(error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = error instanceof ConfigError ? 78 : 1;
}
