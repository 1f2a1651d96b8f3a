import { readFileSync } from 'node:fs';
import type { RedisSettings } from '@larder/cache';
import { ConfigError, flag, readEnvironment, redisVariables, secret, serverVariables } from '@larder/platform';
import { z } from 'zod';

const Variables = z.object({
  ...serverVariables(3010, 3011),
  ...redisVariables,
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'must be a URL such as postgresql://user:password@host:5432/database',
  }),
  DATABASE_POOL: z.coerce.number().int().min(2).max(200).default(10),
  SERVICE_KEY_GATEWAY_AUTH: secret(),
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

/** Where Redis is, or `null` without REDIS_HOST. @throws {ConfigError} if the authority's file cannot be read */
export function redisOf(config: AuthConfig): RedisSettings | null {
  const { REDIS_HOST: host, REDIS_PORT: port, REDIS_USERNAME: username, REDIS_PASSWORD: password } = config;
  if (host === undefined) return null;
  return {
    host,
    port,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(config.REDIS_TLS && { tls: authorityOf(config.REDIS_TLS_CA_FILE) }),
  };
}

function authorityOf(file: string | undefined): { ca?: string } {
  if (file === undefined) return {};
  try {
    return { ca: readFileSync(file, 'utf8') };
  } catch {
    throw new ConfigError(['REDIS_TLS_CA_FILE: cannot be read']);
  }
}
