import { operationsVariables, rabbitVariables, readEnvironment, redisVariables } from '@larder/platform';
import { z } from 'zod';

const Variables = z.object({
  ...operationsVariables(3031),
  ...redisVariables,
  ...rabbitVariables,
});

/** What the invalidator reads from the environment. */
export type InvalidatorConfig = z.output<typeof Variables>;

/** @throws {ConfigError} naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): InvalidatorConfig {
  return readEnvironment(Variables, env);
}
