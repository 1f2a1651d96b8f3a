import { readFileSync } from 'node:fs';
import { ConfigError } from './read-environment.js';

/** Where one server listens. */
interface Address {
  readonly host: string;
  readonly port: number;
}

/** What `redisVariables` gives, once read. */
interface ReadRedisVariables {
  readonly REDIS_HOST?: string | undefined;
  readonly REDIS_PORT?: number | undefined;
  readonly REDIS_SENTINELS?: readonly Address[] | undefined;
  readonly REDIS_SENTINEL_NAME?: string | undefined;
  readonly REDIS_SENTINEL_USERNAME?: string | undefined;
  readonly REDIS_SENTINEL_PASSWORD?: string | undefined;
  readonly REDIS_CLUSTER_NODES?: readonly Address[] | undefined;
  readonly REDIS_USERNAME?: string | undefined;
  readonly REDIS_PASSWORD?: string | undefined;
  readonly REDIS_TLS: boolean;
  readonly REDIS_TLS_CA_FILE?: string | undefined;
}

/** How to get into it. */
interface Access {
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca?: string };
}

interface Sentinels {
  readonly sentinels: readonly Address[];
  readonly name: string;
  readonly sentinelUsername?: string;
  readonly sentinelPassword?: string;
}

/** A Redis as `connectRedis` of the cache takes it; `tls.ca` in PEM replaces the system's authorities. */
type NamedRedis = Access & (Address | Sentinels | { readonly cluster: readonly Address[] });

const DEFAULT_PORT = 6379;

/** The variables that say where Redis is, each with those that say more about it. */
const PLACES = {
  REDIS_HOST: ['REDIS_PORT'],
  REDIS_SENTINELS: ['REDIS_SENTINEL_NAME', 'REDIS_SENTINEL_USERNAME', 'REDIS_SENTINEL_PASSWORD'],
  REDIS_CLUSTER_NODES: [],
} as const;

type Place = keyof typeof PLACES;

/**
 * Where Redis is, or `null` if no variable says so.
 * @throws {ConfigError} naming variables that do not go together, or if the authority's file cannot be read
 */
export function redisSettings(variables: ReadRedisVariables): NamedRedis | null {
  const places = (Object.keys(PLACES) as Place[]).filter((place) => variables[place] !== undefined);
  const faults = faultsOf(variables, places);
  if (faults.length > 0) throw new ConfigError(faults);
  const { REDIS_USERNAME: username, REDIS_PASSWORD: password, REDIS_TLS_CA_FILE: caFile } = variables;
  const place = placeOf(variables);
  if (place === null) return null;
  return {
    ...place,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(variables.REDIS_TLS && { tls: authorityOf(caFile) }),
  };
}

function placeOf(variables: ReadRedisVariables): Address | Sentinels | { cluster: readonly Address[] } | null {
  const { REDIS_HOST: host, REDIS_SENTINELS: sentinels, REDIS_CLUSTER_NODES: cluster } = variables;
  if (host !== undefined) return { host, port: variables.REDIS_PORT ?? DEFAULT_PORT };
  if (cluster !== undefined) return { cluster };
  const { REDIS_SENTINEL_NAME: name, REDIS_SENTINEL_USERNAME: user, REDIS_SENTINEL_PASSWORD: password } = variables;
  if (sentinels === undefined || name === undefined) return null;
  return {
    sentinels,
    name,
    ...(user !== undefined && { sentinelUsername: user }),
    ...(password !== undefined && { sentinelPassword: password }),
  };
}

function faultsOf(variables: ReadRedisVariables, places: readonly Place[]): string[] {
  if (places.length > 1) return [`${places.join(', ')}: set one of them, not more`];
  const [place] = places;
  const strangers = (Object.keys(PLACES) as Place[])
    .filter((other) => place !== undefined && other !== place)
    .flatMap((other) => PLACES[other].filter((name) => variables[name] !== undefined).map((name) => ({ name, other })));
  return [
    ...strangers.map(({ name, other }) => `${name}: goes with ${other}, not with ${String(place)}`),
    ...(place === 'REDIS_SENTINELS' && variables.REDIS_SENTINEL_NAME === undefined
      ? ['REDIS_SENTINEL_NAME: is missing; set it to what REDIS_SENTINELS call the master']
      : []),
    ...(variables.REDIS_TLS_CA_FILE !== undefined && !variables.REDIS_TLS
      ? ['REDIS_TLS_CA_FILE: goes with REDIS_TLS=true']
      : []),
  ];
}

function authorityOf(file: string | undefined): { ca?: string } {
  if (file === undefined) return {};
  try {
    return { ca: readFileSync(file, 'utf8') };
  } catch {
    throw new ConfigError(['REDIS_TLS_CA_FILE: cannot be read']);
  }
}
