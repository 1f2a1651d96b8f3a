import { readFileSync } from 'node:fs';
import type { RedisSettings } from '@larder/cache';
import { ConfigError, operationsVariables, readEnvironment, redisVariables } from '@larder/platform';
import { z } from 'zod';

const Variables = z.object({
  ...operationsVariables(3031),
  ...redisVariables,
  RABBITMQ_URL: z
    .url({ protocol: /^amqps?$/, error: 'must be a URL such as amqp://user:password@host:5672/vhost' })
    .optional(),
});

/** What the invalidator reads from the environment. */
export type InvalidatorConfig = z.output<typeof Variables>;

/** @throws {ConfigError} naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): InvalidatorConfig {
  return readEnvironment(Variables, env);
}

/** Where Redis is, or `null` without REDIS_HOST. @throws {ConfigError} if the authority's file cannot be read */
export function redisOf(config: InvalidatorConfig): RedisSettings | null {
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
