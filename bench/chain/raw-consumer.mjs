/** The raw chain's end: a quorum queue, and for each message a SET of its key, told to who listens, then the ack. */
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { RAW_EXCHANGE } from './raw-exchange.mjs';

const QUEUE = 'bench.raw.consumer';

const settings = JSON.parse(process.argv[2]);
const redis = new Redis(settings.redis);
const connection = await connect(settings.rabbitUrl, { noDelay: true });
const channel = await connection.createChannel();
await channel.assertExchange(RAW_EXCHANGE, 'topic', { durable: true });
await channel.assertQueue(QUEUE, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
await channel.bindQueue(QUEUE, RAW_EXCHANGE, 'changed');
await channel.prefetch(50);
await channel.consume(QUEUE, async (message) => {
  const key = `catalog_service:product:${message.content.toString()}`;
  await redis.pipeline().set(key, 'T1||', 'PX', 30_000).publish('catalog_service:invalidated', key).exec();
  channel.ack(message);
});
process.once('SIGTERM', () => process.exit(0));
process.send('ready');
