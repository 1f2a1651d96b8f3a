import { borrowVhost, until, type BorrowedVhost } from '../../../tools/services/index.js';
import { AmqpConsumer, AmqpPublisher } from '../src/index.js';
import { topicContract } from './topic-contract.js';

describe('AmqpPublisher and AmqpConsumer on RabbitMQ', () => {
  let vhost: BorrowedVhost;
  let publisher: AmqpPublisher;

  beforeAll(async () => {
    vhost = await borrowVhost();
    publisher = new AmqpPublisher({ url: vhost.url, exchange: 'contract', name: 'contract publisher' });
    await until('the publisher is connected', 5_000, () => publisher.connected);
  }, 120_000);

  afterAll(async () => {
    await publisher.close();
    await vhost.release();
  });

  topicContract(() => ({
    publisher,
    consumer: (queue, limits) =>
      new AmqpConsumer({
        ...{ url: vhost.url, exchange: 'contract', name: 'contract consumer', queue },
        ...{ prefetch: 100, deliveryLimit: 20, drainMs: 2_000, ...limits },
      }),
  }));
});
