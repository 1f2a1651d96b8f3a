import { operationsVariables, readEnvironment, redisVariables } from '@larder/platform';
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
