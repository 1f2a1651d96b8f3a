import { borrowVhost, until, type BorrowedVhost } from '../../../tools/services/index.js';
import { AmqpConsumer, AmqpPublisher } from '../src/index.js';
import { event, Recorder, topicContract } from './topic-contract.js';

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
        ...limits,
      }),
  }));

  it('lets one of several consumers receive, in order, and the next one once that is gone', async () => {
    const alone = { ...{ url: vhost.url, exchange: 'contract', name: 'contract consumer', queue: 'alone' } };
    const limits = { prefetch: 5, deliveryLimit: 20, drainMs: 50, singleActiveConsumer: true };
    const [first, second] = [new AmqpConsumer({ ...alone, ...limits }), new AmqpConsumer({ ...alone, ...limits })];
    // Of its deliveries the first consumer finishes four, and holds five.
    const one: Recorder = new Recorder(() =>
      one.received.length <= 4 ? 'done' : new Promise<'done'>(() => undefined),
    );
    const other = new Recorder();
    try {
      await first.start(['alone.*'], one);
      await second.start(['alone.*'], other);
      const events = Array.from({ length: 12 }, () => event('alone.event'));
      await publisher.publish(events);
      const ids = events.map(({ id }) => id);
      await until('the first has all that it may have', 5_000, () => one.received.length === 9);
      expect([one.ids(), other.ids()]).toEqual([ids.slice(0, 9), []]);
      await first.close();
      await until('the second has the rest', 5_000, () => other.received.length === 8);
      expect(new Set(other.ids())).toEqual(new Set(ids.slice(4)));
    } finally {
      await Promise.all([first.close(), second.close()]);
    }
  });
});
