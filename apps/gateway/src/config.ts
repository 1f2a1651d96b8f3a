import {
  addresses,
  readEnvironment,
  redisVariables,
  secret,
  serverVariables,
  serviceTlsVariables,
} from '@larder/platform';
import { z } from 'zod';
import { readNetwork } from './limits/networks.js';

const HOST_NAME = /^(\[[\da-f:.]+\]|[a-z\d](?:[a-z\d.-]*[a-z\d])?)$/;
const LOOPBACK = 'localhost,127.0.0.1,[::1]';

const count = (fallback: number) => z.coerce.number().int().min(1).max(1_000_000_000).default(fallback);

const GatewayEnvironment = z.object({
  ...serverVariables(3000, 3001),
  ...serviceTlsVariables,
  ...redisVariables,
  /** Where the processes of each service take calls. */
  CATALOG_ADDRESSES: addresses().prefault('127.0.0.1:3020'),
  AUTH_ADDRESSES: addresses().prefault('127.0.0.1:3010'),
  SERVICE_KEY_GATEWAY_AUTH: secret(),
  SERVICE_KEY_GATEWAY_CATALOG: secret(),
  /** Host names without ports, separated by commas; an IPv6 address in brackets. */
  ALLOWED_HOSTS: z
    .string()
    .default(LOOPBACK)
    .transform((list) => list.split(',').map((name) => name.trim().toLowerCase()))
    .pipe(z.array(z.string().regex(HOST_NAME, 'must be a list of host names without ports')).min(1)),
  /** How long a request may take, all its calls to services together. */
  REQUEST_TIMEOUT_MS: z.coerce.number().int().min(50).max(60_000).default(2_000),
  /** How long it serves on once it is told to stop, so that whoever sends it requests can learn that it goes. */
  SHUTDOWN_DELAY_MS: z.coerce.number().int().min(0).max(5_000).default(0),
  /** Addresses and blocks of them, separated by commas, whose X-Forwarded-For is believed. */
  TRUSTED_PROXIES: z
    .string()
    .default('')
    .transform((list) => (list.trim() === '' ? [] : list.split(',').map((text) => readNetwork(text.trim()))))
    .refine((found) => !found.includes(null), 'must be a list of addresses and blocks such as 10.0.0.1,fd00::/8')
    .transform((found) => found.filter((network) => network !== null)),
  /** How many requests a client may send in a minute, and how many of them may change something. */
  RATE_LIMIT_REQUESTS: count(3_000),
  RATE_LIMIT_CHANGES: count(300),
  /** How many connections are held at once, and how many of one address. */
  MAX_CONNECTIONS: count(10_000),
  MAX_CONNECTIONS_PER_ADDRESS: count(1_000),
});

/** What the gateway needs to know to run. */
export type GatewayConfig = z.output<typeof GatewayEnvironment>;

/** Reads the environment, once, at start. @throws {ConfigError} naming every variable that is wrong, and no value */
export function loadConfig(env: NodeJS.ProcessEnv): GatewayConfig {
  return readEnvironment(GatewayEnvironment, env);
}
