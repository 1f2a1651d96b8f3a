import { DEMO_ACCOUNTS } from '../../apps/auth/src/accounts/demo-accounts.js';
import { urlOf, type PortInUse } from './apps.js';
import type { RealServers } from './engines.js';
import { placeOfRedis } from './redis-place.js';

/** What runs, and where. */
export interface Whereabouts {
  /** What keeps the database. */
  readonly database: string;
  readonly servers: RealServers;
  readonly ports: readonly PortInUse[];
  /** Whether the demo accounts were made. */
  readonly demoAccounts: boolean;
}

/** What the embedded start prints once everything answers. Holds no password of a server. */
export function welcome({ database, servers, ports, demoAccounts }: Whereabouts): string {
  const publicUrl = urlOf(ports, 'PORT');
  return [
    '',
    `Larder runs at ${publicUrl}  (documentation: ${publicUrl}/docs)`,
    '',
    'Engines',
    `  database   ${database}`,
    `  cache      ${servers.redis ? placeOfRedis(servers.redis).where : MEMORY}`,
    `  sessions   ${servers.redis ? placeOfRedis(servers.redis).where : MEMORY}`,
    `  events     ${servers.rabbitUrl === null ? 'in this process' : `RabbitMQ at ${new URL(servers.rabbitUrl).host}`}`,
    '',
    'Health and metrics (/livez, /readyz, /metrics)',
    ...ports.filter(isOperations).map(({ app, variable }) => `  ${app.padEnd(13)}${urlOf(ports, variable)}`),
    '',
    ...(demoAccounts ? accounts() : []),
    'Try',
    ...examples(publicUrl).map((command) => `  ${command}`),
    '',
    ...remedies(servers),
    'Ctrl-C stops everything; the database keeps its data.',
    '',
  ].join('\n');
}

const MEMORY = "this process's memory";

function accounts(): string[] {
  const lines = DEMO_ACCOUNTS.map(
    ({ email, password, roles }) => `  ${email.padEnd(26)}${password.padEnd(22)}${roles.join(', ')}`,
  );
  return ['Demo accounts (their passwords are public)', ...lines, ''];
}

/** Three commands to try; the README shows what they answer. */
function examples(url: string): string[] {
  return [
    `curl '${url}/v1/products?limit=3'`,
    `curl '${url}/v1/search?q=chocolate&limit=3'`,
    `curl -i '${url}/v1/categories'    # twice: Cache-Status says miss, then hit`,
  ];
}

function remedies({ databaseUrl, redis, rabbitUrl }: RealServers): string[] {
  const missing = [
    ...(databaseUrl === null ? ['DATABASE_URL=postgresql://user:password@host:5432/database'] : []),
    ...(redis === null ? ['REDIS_HOST=host'] : []),
    ...(rabbitUrl === null ? ['RABBITMQ_URL=amqp://user:password@host:5672'] : []),
  ];
  if (missing.length === 0) return [];
  return ['To use real servers, set', ...missing.map((line) => `  ${line}`), ''];
}

function isOperations({ variable }: PortInUse): boolean {
  return variable.endsWith('OPS_PORT');
}
