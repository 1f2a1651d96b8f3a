/** A catalog's part: the relay in the process that commits, woken after each commit. */
import { Redis } from 'ioredis';
import { serveWrites } from './writes.mjs';

const settings = JSON.parse(process.argv[2]);
const { dist } = settings;
const { AmqpPublisher } = await import(`file://${dist}/libs/messaging/src/index.js`);
const { Cache, RedisStore } = await import(`file://${dist}/libs/cache/src/index.js`);
const { Bell } = await import(`file://${dist}/apps/catalog/src/outbox/bell.js`);
const { Relay } = await import(`file://${dist}/apps/catalog/src/outbox/relay.js`);

const cache = new Cache({ store: new RedisStore(new Redis(settings.redis)) });
const bell = new Bell();
const relay = new Relay({
  databaseUrl: settings.databaseUrl,
  publisher: new AmqpPublisher({ url: settings.rabbitUrl, exchange: 'catalog.events', name: 'bench' }),
  bell,
  now: () => cache.now(),
  published: () => undefined,
  interrupted: (reason) => process.stderr.write(`relay: ${reason}\n`),
});
relay.start();
await serveWrites(settings, 'UPDATE products SET price_minor = price_minor + 1 WHERE id = $1', () => bell.ring());
