/** The raw chain's beginning: each commit is published at once, in the process that made it, with a confirm. */
import { connect } from 'amqplib';
import { RAW_EXCHANGE } from './raw-exchange.mjs';
import { serveWrites } from './writes.mjs';

const settings = JSON.parse(process.argv[2]);
const connection = await connect(settings.rabbitUrl, { noDelay: true });
const channel = await connection.createConfirmChannel();
await channel.assertExchange(RAW_EXCHANGE, 'topic', { durable: true });
await serveWrites(settings, (id) => {
  channel.publish(RAW_EXCHANGE, 'changed', Buffer.from(id), { persistent: true, mandatory: true }, (error) => {
    if (error) throw error;
  });
});
