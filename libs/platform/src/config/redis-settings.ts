import { readFileSync } from 'node:fs';
import { ConfigError } from './read-environment.js';

/** What `redisVariables` gives, once read. */
interface ReadRedisVariables {
  readonly REDIS_HOST?: string | undefined;
  readonly REDIS_PORT: number;
  readonly REDIS_USERNAME?: string | undefined;
  readonly REDIS_PASSWORD?: string | undefined;
  readonly REDIS_TLS: boolean;
  readonly REDIS_TLS_CA_FILE?: string | undefined;
}

/** A Redis as `connectRedis` of the cache takes it; `tls.ca` in PEM replaces the system's authorities. */
interface NamedRedis {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca?: string };
}

/** Where Redis is, or `null` without REDIS_HOST. @throws {ConfigError} if the authority's file cannot be read */
export function redisSettings(variables: ReadRedisVariables): NamedRedis | null {
  const { REDIS_HOST: host, REDIS_PORT: port, REDIS_USERNAME: username, REDIS_PASSWORD: password } = variables;
  if (host === undefined) return null;
  return {
    host,
    port,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(variables.REDIS_TLS && { tls: authorityOf(variables.REDIS_TLS_CA_FILE) }),
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
