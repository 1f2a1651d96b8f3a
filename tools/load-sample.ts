import { ConfigError, flag, readEnvironment, scrubText } from '@larder/platform';
import { z } from 'zod';
import { loadMigrationConfig } from '../apps/catalog/src/config.js';
import { loadSample } from './start/sample.js';

/** Relative to the working directory, the repository's root. */
const FILE = 'tools/sample-catalogue/products.csv';
const EXIT_FAILED = 1;
const EXIT_MISCONFIGURED = 78;

/** Loads the sample catalogue into an empty database and ends, unless SAMPLE_CATALOGUE is false: for a step of a deployment. */
try {
  const { SAMPLE_CATALOGUE } = readEnvironment(z.object({ SAMPLE_CATALOGUE: flag(true) }), process.env);
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  if (SAMPLE_CATALOGUE) await loadSample(loadMigrationConfig().DATABASE_URL, FILE, say);
} catch (error) {
  process.stderr.write(`${scrubText(error instanceof Error ? error.message : String(error))}\n`);
  process.exitCode = error instanceof ConfigError ? EXIT_MISCONFIGURED : EXIT_FAILED;
}
