import { operationsVariables, rabbitVariables, readEnvironment, redisVariables, secret } from '@larder/platform';
import { z } from 'zod';

const Variables = z.object({
  ...operationsVariables(3031),
  ...redisVariables,
  ...rabbitVariables,
  /** Where the catalog answers calls. */
  CATALOG_HOST: z.string().min(1).default('127.0.0.1'),
  CATALOG_PORT: z.coerce.number().int().min(1).max(65_535).default(3020),
  SERVICE_KEY_INVALIDATOR_CATALOG: secret(),
});

/** What the invalidator reads from the environment. */
export type InvalidatorConfig = z.output<typeof Variables>;

/** @throws {ConfigError} naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): InvalidatorConfig {
  return readEnvironment(Variables, env);
}
