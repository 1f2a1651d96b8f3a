import {
  addresses,
  operationsVariables,
  rabbitVariables,
  readEnvironment,
  redisVariables,
  secret,
  serviceTlsVariables,
} from '@larder/platform';
import { z } from 'zod';

const Variables = z.object({
  ...operationsVariables(3031),
  ...serviceTlsVariables,
  ...redisVariables,
  ...rabbitVariables,
  /** Where the processes of the catalog take calls. */
  CATALOG_ADDRESSES: addresses().prefault('127.0.0.1:3020'),
  SERVICE_KEY_INVALIDATOR_CATALOG: secret(),
  /** How many events a second the auditor checks the cache against; 0 switches it off. */
  AUDIT_EVENTS_PER_SECOND: z.coerce.number().int().min(0).max(1_000).default(20),
});

/** What the invalidator reads from the environment. */
export type InvalidatorConfig = z.output<typeof Variables>;

/** @throws {ConfigError} naming every variable that is wrong */
export function loadConfig(env: NodeJS.ProcessEnv): InvalidatorConfig {
  return readEnvironment(Variables, env);
}
