import { flag, readEnvironment, redisVariables, secret, serverVariables, serviceTlsVariables } from '@larder/platform';
import { z } from 'zod';

const Variables = z.object({
  ...serverVariables(3010, 3011),
  ...serviceTlsVariables,
  ...redisVariables,
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must be a URL such as postgresql://user:password@host:5432/database',
  }),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  SERVICE_KEY_GATEWAY_AUTH: secret(),
  /** Signs the tokens of the devices on which accounts have signed in. */
  AUTH_DEVICE_KEY: secret(),
  DEMO_ACCOUNTS: flag(false),
  RUN_MIGRATIONS: flag(true),
});

/** What the auth service reads from the environment. */
export type AuthConfig = z.output<typeof Variables>;

/** What work on the database alone reads: a migration, an account made by an operator. */
export type DatabaseConfig = Pick<AuthConfig, 'DATABASE_URL'>;

/** @throws {ConfigError} naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): AuthConfig {
  return readEnvironment(Variables, env);
}

/** @throws {ConfigError} naming every variable that is wrong */
export function loadDatabaseConfig(env: NodeJS.ProcessEnv = process.env): DatabaseConfig {
  return readEnvironment(Variables.pick({ DATABASE_URL: true }), env);
}
