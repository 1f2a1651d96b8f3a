/** The files that each service of the compose stack reads its secrets from, by the name of its volume. */
import { createHash } from 'node:crypto';

/** One random value each. */
export const NAMES = [
  'serviceKeyGatewayAuth',
  'serviceKeyGatewayCatalog',
  'serviceKeyInvalidatorCatalog',
  'authDevice',
  'postgresSuperuser',
  'postgresCatalog',
  'postgresAuth',
  'redisCacheCatalog',
  'redisCacheInvalidator',
  'redisCacheGateway',
  'redisSessionsAuth',
  'rabbitCatalog',
  'rabbitInvalidator',
];

/** Paths with their texts; `values` has a text for every one of {@link NAMES}. */
export function filesOf(values) {
  return {
    'gateway/service-key-auth': values.serviceKeyGatewayAuth,
    'gateway/service-key-catalog': values.serviceKeyGatewayCatalog,
    'gateway/redis-password': values.redisCacheGateway,
    'auth/service-key-gateway': values.serviceKeyGatewayAuth,
    'auth/device-key': values.authDevice,
    'auth/database-url': databaseUrl('auth', values.postgresAuth),
    'auth/redis-password': values.redisSessionsAuth,
    'catalog/service-key-gateway': values.serviceKeyGatewayCatalog,
    'catalog/service-key-invalidator': values.serviceKeyInvalidatorCatalog,
    'catalog/database-url': databaseUrl('catalog', values.postgresCatalog),
    'catalog/redis-password': values.redisCacheCatalog,
    'catalog/rabbitmq-url': rabbitUrl('catalog', values.rabbitCatalog),
    'invalidator/service-key-catalog': values.serviceKeyInvalidatorCatalog,
    'invalidator/redis-password': values.redisCacheInvalidator,
    'invalidator/rabbitmq-url': rabbitUrl('invalidator', values.rabbitInvalidator),
    'postgres/superuser-password': values.postgresSuperuser,
    'postgres/catalog-password': values.postgresCatalog,
    'postgres/auth-password': values.postgresAuth,
    'redis-cache/users.acl': cacheUsers(values),
    'redis-sessions/users.acl': sessionUsers(values),
    'rabbitmq/definitions.json': definitions(values),
  };
}

const databaseUrl = (role, password) => `postgresql://${role}:${password}@postgres:5432/larder`;
const rabbitUrl = (user, password) => `amqp://${user}:${password}@rabbitmq:5672/larder`;

/** Nobody enters without a name. */
const NOBODY = 'user default off';
/**
 * Nor here, but as this user Redis reads its append-only file: of the transactions in it, which are what scripts wrote, it drops
 * those that the user may not do.
 */
const NOBODY_BUT_THE_FILE = 'user default off resetpass ~* resetchannels +@all';
/** May ask whether the server answers, and nothing else. */
const HEALTH = 'user health on nopass resetchannels -@all +ping';
/** Given after all that is dangerous was taken: `info` counts as that, and so do some commands of connections, which stay taken. */
const HARMLESS = '+info +time +eval +evalsha';

function redisUser(name, password, keys, commands) {
  const hash = createHash('sha256').update(password).digest('hex');
  return `user ${name} on #${hash} ~${keys}:* resetchannels &${keys}:* -@all +@connection ${commands} -@admin -@dangerous ${HARMLESS}`;
}

function cacheUsers(values) {
  const users = [
    redisUser('catalog', values.redisCacheCatalog, 'catalog_service', '+@read +@write +publish +subscribe'),
    redisUser('invalidator', values.redisCacheInvalidator, 'catalog_service', '+get +mget +set +del +publish'),
    redisUser('gateway', values.redisCacheGateway, 'gateway', '+set +incrby +pttl +expire'),
  ];
  return [NOBODY, HEALTH, ...users, ''].join('\n');
}

function sessionUsers(values) {
  const user = redisUser('auth', values.redisSessionsAuth, 'auth_service', '+@read +@write +@transaction');
  return [NOBODY_BUT_THE_FILE, HEALTH, user, ''].join('\n');
}

/** The catalog writes to its exchange; the invalidator reads it through queues of its own. */
function definitions(values) {
  const vhost = 'larder';
  const queues = '^catalog\\.(events(\\.auditor)?|changes\\.invalidator(\\.dead-letters)?)$';
  const exchange = '^catalog\\.events$';
  const content = {
    vhosts: [{ name: vhost }],
    users: [rabbitUser('catalog', values.rabbitCatalog), rabbitUser('invalidator', values.rabbitInvalidator)],
    permissions: [
      { user: 'catalog', vhost, configure: exchange, write: exchange, read: '^$' },
      { user: 'invalidator', vhost, configure: queues, write: queues, read: queues },
    ],
  };
  return JSON.stringify(content, null, 2);
}

/** RabbitMQ's salted hash. The salt follows from the password, which is random, so the file stays the same. */
function rabbitUser(name, password) {
  const salt = createHash('sha256').update(`salt of ${password}`).digest().subarray(0, 4);
  const hash = createHash('sha256').update(salt).update(password).digest();
  const password_hash = Buffer.concat([salt, hash]).toString('base64');
  return { name, password_hash, hashing_algorithm: 'rabbit_password_hashing_sha256', tags: [] };
}
