/**
 * The raw chain's beginning: each commit notifies a second connection of the process that made it, which publishes with a confirm.
 */
import { connect } from 'amqplib';
import pg from 'pg';
import { RAW_EXCHANGE } from './raw-exchange.mjs';
import { serveWrites } from './writes.mjs';

const NOTIFYING = `
  WITH changed AS (UPDATE products SET price_minor = price_minor + 1 WHERE id = $1 RETURNING id)
  SELECT pg_notify('bench_raw', id::text) FROM changed`;

const settings = JSON.parse(process.argv[2]);
const connection = await connect(settings.rabbitUrl, { noDelay: true });
const channel = await connection.createConfirmChannel();
await channel.assertExchange(RAW_EXCHANGE, 'topic', { durable: true });
const listener = new pg.Client({ connectionString: settings.databaseUrl });
await listener.connect();
listener.on('notification', ({ payload }) => {
  channel.publish(RAW_EXCHANGE, 'changed', Buffer.from(payload), { persistent: true, mandatory: true }, (error) => {
    if (error) throw error;
  });
});
await listener.query('LISTEN bench_raw');
await serveWrites(settings, NOTIFYING, () => undefined);
