import { connect } from 'amqplib';
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import { startRabbit, until, type RabbitServer } from '../../../tools/services/index.js';
import { AmqpConsumer, AmqpPublisher, BrokerUnavailable, type Verdict } from '../src/index.js';
import { deadLettersOf } from '../src/amqp/topology.js';
import { event, Recorder } from './topic-contract.js';

const EXCHANGE = 'outage';
const QUEUE = 'outage.consumer';

describe('when the broker fails', () => {
  let broker: RabbitServer;
  let publisher: AmqpPublisher;
  let consumer: AmqpConsumer;

  const consumerOf = (url = broker.url, startTimeoutMs = 5_000): AmqpConsumer =>
    new AmqpConsumer({
      ...{ url, exchange: EXCHANGE, queue: QUEUE, name: 'outage consumer', startTimeoutMs },
      ...{ prefetch: 10, deliveryLimit: 5, drainMs: 500 },
    });

  const publisherOf = (url = broker.url): AmqpPublisher =>
    new AmqpPublisher({ url, exchange: EXCHANGE, name: 'outage publisher', publishTimeoutMs: 500 });

  beforeAll(async () => {
    broker = await startRabbit();
  }, 120_000);

  afterAll(() => broker.stop());

  beforeEach(async () => {
    publisher = publisherOf();
    consumer = consumerOf();
    await until('the publisher is connected', 5_000, () => publisher.connected);
  });

  afterEach(async () => {
    await Promise.all([publisher.close(), consumer.close()]);
    await withChannel(broker.url, async (channel) => {
      await channel.deleteQueue(QUEUE);
      await channel.deleteQueue(deadLettersOf(QUEUE));
    });
  });

  it('keeps confirmed events through a restart, and resumes within a second of its end', async () => {
    const held = new Recorder(() => new Promise<Verdict>(() => undefined));
    await consumer.start(['outage.*'], held);
    const before = Array.from({ length: 20 }, () => event('outage.before'));
    expect(new Set(await publisher.publish(before))).toEqual(new Set(['confirmed']));
    await until('ten are held', 5_000, () => held.received.length === 10);

    const restarting = broker.restart();
    await until('both have noticed', 5_000, () => !consumer.up && !publisher.connected);
    const asked = Date.now();
    await expect(publisher.publish([event('outage.meanwhile')])).rejects.toThrow(BrokerUnavailable);
    expect(Date.now() - asked).toBeLessThan(50);
    await restarting;

    await until('both are back', 1_000, () => publisher.connected && consumer.up);
    expect([held.ups[0], held.ups[1], held.ups.at(-1)]).toEqual([true, false, true]);
    await consumer.close();
    const recorder = new Recorder();
    consumer = consumerOf();
    await consumer.start(['outage.*'], recorder);
    await until('all that was confirmed arrives', 5_000, () => before.every(({ id }) => recorder.ids().includes(id)));
  });

  it('consumes again within a second after its queue was deleted', async () => {
    const recorder = new Recorder();
    await consumer.start(['outage.*'], recorder);
    await withChannel(broker.url, (channel) => channel.deleteQueue(QUEUE));
    await until('it notices', 1_000, () => recorder.ups.includes(false));
    await until('it is back', 1_000, () => consumer.up);
    const after = event('outage.after');
    expect(await publisher.publish([after])).toEqual(['confirmed']);
    await until('the event arrives', 1_000, () => recorder.ids().includes(after.id));
    expect(recorder.ups).toEqual([true, false, true]);
  });

  it('puts an illegible message among the dead letters once its subscriber lets it go, and goes on', async () => {
    const recorder = new Recorder();
    let refusals = 2;
    recorder.deadLettering = () => (refusals-- > 0 ? Promise.reject(new Error('not yet')) : Promise.resolve());
    await consumer.start(['outage.*'], recorder);
    await withChannel(broker.url, async (channel) => {
      channel.publish(EXCHANGE, 'outage.garbage', Buffer.from('{'), { messageId: 'garbage' });
      await Promise.resolve();
    });
    const good = event('outage.good');
    await publisher.publish([good]);
    await until('the good one arrives', 5_000, () => recorder.ids().includes(good.id));
    await until('the other is a dead letter', 5_000, async () => (await consumer.countDeadLetters()) === 1);
    expect(recorder.letters).toMatchObject([{ id: 'garbage', type: 'outage.garbage' }]);
    expect(refusals).toBe(-1);
    expect(recorder.received).toHaveLength(1);
  });

  it('delivers again what a vanished consumer held', async () => {
    const held = new Recorder(() => new Promise<Verdict>(() => undefined));
    const line = await startLine(broker.port);
    consumer = consumerOf(broker.url.replace(String(broker.port), String(line.port)));
    await consumer.start(['outage.*'], held);
    const events = Array.from({ length: 5 }, () => event('outage.held'));
    await publisher.publish(events);
    await until('five are held', 5_000, () => held.received.length === 5);
    line.cut();
    await until('they come again', 5_000, () => held.received.length === 10);
    await consumer.close();
    line.end();
    expect(held.received.slice(5).map(({ earlierDeliveries }) => earlierDeliveries)).toEqual([1, 1, 1, 1, 1]);
  });

  it('answers timed-out when the broker is silent, and publishes when it speaks again', async () => {
    await consumer.start(['outage.*'], new Recorder());
    await broker.pause();
    const asked = Date.now();
    const outcomes = await publisher.publish([event('outage.silent')]);
    expect(outcomes).toEqual(['timed-out']);
    expect(Date.now() - asked).toBeLessThan(700);
    await broker.resume();
    await until('the publisher is back', 1_000, () => publisher.connected);
    expect(await publisher.publish([event('outage.again')])).toEqual(['confirmed']);
  });

  it('says why it cannot start, never the password', async () => {
    const refused = consumerOf(broker.url.replace('guest:guest', 'guest:s3cret'), 500);
    const failure = await refused.start(['outage.*'], new Recorder()).catch(String);
    expect(failure).toContain(`RabbitMQ at 127.0.0.1:${broker.port} cannot be used`);
    expect(failure).toContain('ACCESS_REFUSED');
    expect(failure).not.toContain('s3cret');
    await consumer.start(['outage.*'], new Recorder());
  });
});

type Channel = Awaited<ReturnType<Awaited<ReturnType<typeof connect>>['createChannel']>>;

async function withChannel(url: string, work: (channel: Channel) => Promise<unknown>): Promise<void> {
  const connection = await connect(url);
  const channel = await connection.createChannel();
  await work(channel);
  await channel.close();
  await connection.close();
}

/** A TCP line to `port` that can be cut without a goodbye. */
async function startLine(port: number): Promise<{ port: number; cut(): void; end(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connectSocket(port, '127.0.0.1');
    for (const socket of [near, far]) sockets.add(socket.on('error', () => undefined));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
    sockets.clear();
  };
  const end = (): void => {
    cut();
    server.close();
  };
  return { port: (server.address() as AddressInfo).port, cut, end };
}
