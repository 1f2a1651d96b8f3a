import {
  flag,
  rabbitVariables,
  readEnvironment,
  redisVariables,
  secret,
  serverVariables,
  serviceTlsVariables,
} from '@larder/platform';
import { z } from 'zod';

const Variables = z.object({
  ...serverVariables(3020, 3021),
  ...serviceTlsVariables,
  ...redisVariables,
  ...rabbitVariables,
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must be a URL such as postgresql://user:password@host:5432/database',
  }),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(20),
  SERVICE_KEY_GATEWAY_CATALOG: secret(),
  SERVICE_KEY_INVALIDATOR_CATALOG: secret(),
  RUN_MIGRATIONS: flag(true),
});

/** What the catalog reads from the environment. */
export type CatalogConfig = z.output<typeof Variables>;

/** What a migration reads from the environment. */
export type MigrationConfig = Pick<CatalogConfig, 'DATABASE_URL'>;

/** What an import reads from the environment. */
export type ImportConfig = Pick<CatalogConfig, 'DATABASE_URL' | keyof typeof redisVariables>;

/** @throws {ConfigError} naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): CatalogConfig {
  return readEnvironment(Variables, env);
}

/** @throws {ConfigError} naming every variable that is wrong */
export function loadMigrationConfig(env: NodeJS.ProcessEnv = process.env): MigrationConfig {
  return readEnvironment(Variables.pick({ DATABASE_URL: true }), env);
}

/** @throws {ConfigError} naming every variable that is wrong */
export function loadImportConfig(env: NodeJS.ProcessEnv = process.env): ImportConfig {
  return readEnvironment(Variables.pick({ DATABASE_URL: true }).extend(redisVariables), env);
}
