import { ConfigError } from './read-environment.js';

/** The servers that have in-process stand-ins, by the variable that says where each is. */
const SERVERS = { REDIS_HOST: 'a Redis', RABBITMQ_URL: 'a RabbitMQ' } as const;

/**
 * The server that `variable` names, else the in-process stand-in of it that was passed. `null` and `undefined` mean none.
 *
 * @throws {ConfigError} naming the variable and the remedy when there is neither
 */
export function realOrTwin<Real extends object, Twin extends object>(
  real: Real | null | undefined,
  twin: Twin | null | undefined,
  variable: keyof typeof SERVERS,
): Real | Twin {
  const found = real ?? twin;
  if (found) return found;
  const remedy = `name ${SERVERS[variable]}, or run everything in one process with npm start`;
  throw new ConfigError([`${variable}: missing; ${remedy}`]);
}
