import type { RedisSettings } from '@larder/cache';
import { readEnvironment, redisSettings } from '@larder/platform';
import { z } from 'zod';
import { loadConfig as loadInvalidatorConfig } from '../../apps/invalidator/src/config.js';
import { environmentsOf } from './apps.js';
import { reachPostgres, reachRabbit, reachRedis } from './reach.js';

const DatabaseVariable = z.object({
  DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: 'must be a URL such as postgresql://user:password@host:5432/database',
    })
    .optional(),
});

/** The servers that the environment names, all of which answered; `null` where it names none. */
export interface RealServers {
  readonly databaseUrl: string | null;
  readonly redis: RedisSettings | null;
  readonly rabbitUrl: string | null;
}

/** @throws {ConfigError} naming the variable and the address of a server that does not answer, never its password */
export async function reachRealServers(env: NodeJS.ProcessEnv): Promise<RealServers> {
  const { DATABASE_URL: databaseUrl = null } = readEnvironment(DatabaseVariable, env);
  const config = loadInvalidatorConfig(environmentsOf(env).invalidator);
  const { RABBITMQ_URL: rabbitUrl = null } = config;
  const redis = redisSettings(config);
  await Promise.all([
    databaseUrl === null ? null : reachPostgres(databaseUrl),
    redis === null ? null : reachRedis(redis),
    rabbitUrl === null ? null : reachRabbit(rabbitUrl),
  ]);
  return { databaseUrl, redis, rabbitUrl };
}
