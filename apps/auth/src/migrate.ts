import { ConfigError, scrubText } from '@larder/platform';
import { loadDatabaseConfig } from './config.js';
import { migrate } from './database/migrate.js';

/** EX_CONFIG of sysexits(3). */
const MISCONFIGURED = 78;

/** Brings the schema up to date and ends: for a step of a deployment that runs before the services. */
try {
  const done = await migrate(loadDatabaseConfig().DATABASE_URL);
  process.stdout.write(`auth: ${done.length === 0 ? 'the schema is up to date' : `ran ${done.join(', ')}`}\n`);
} catch (error) {
  process.stderr.write(`auth: ${scrubText(error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = error instanceof ConfigError ? MISCONFIGURED : 1;
}
