import { connect } from 'amqplib';
import { connect as connectSocket, createServer, type AddressInfo, type Socket } from 'node:net';
import { fastest, startRabbit, until, type RabbitServer } from '../../../tools/services/index.js';
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

    const asking = async (): Promise<number> => {
      const askedMs = performance.now();
      await expect(publisher.publish([event('outage.meanwhile')])).rejects.toThrow(BrokerUnavailable);
      return performance.now() - askedMs;
    };
    const restart = async (): Promise<number> => {
      let backMs: number | null = null;
      const restarting = broker.restart().then(() => (backMs = performance.now()));
      await until('both have noticed', 10_000, () => !consumer.up && !publisher.connected);
      expect(await fastest(5, 50, asking)).toBeLessThan(50);
      expect(backMs).toBeNull();
      await restarting;
      await until('both are back', 10_000, () => publisher.connected && consumer.up);
      return performance.now() - backMs!;
    };
    expect(await fastest(3, 1_000, restart)).toBeLessThan(1_000);
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
    const deletion = async (): Promise<number> => {
      recorder.ups.splice(0);
      await withChannel(broker.url, (channel) => channel.deleteQueue(QUEUE));
      const deletedMs = performance.now();
      await until('it is back', 10_000, () => recorder.ups.length === 2);
      const after = event('outage.after');
      expect(await publisher.publish([after])).toEqual(['confirmed']);
      await until('the event arrives', 10_000, () => recorder.ids().includes(after.id));
      expect(recorder.ups).toEqual([false, true]);
      return performance.now() - deletedMs;
    };
    expect(await fastest(3, 1_000, deletion)).toBeLessThan(1_000);
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
    /** By how much it took longer than it may, to say so or to be back. */
    const silence = async (): Promise<number> => {
      await broker.pause();
      const askedMs = performance.now();
      expect(await publisher.publish([event('outage.silent')])).toEqual(['timed-out']);
      const answeredMs = performance.now();
      await broker.resume();
      const resumedMs = performance.now();
      await until('the publisher is back', 10_000, () => publisher.connected);
      const backMs = performance.now();
      expect(await publisher.publish([event('outage.again')])).toEqual(['confirmed']);
      return Math.max(answeredMs - askedMs - 700, backMs - resumedMs - 1_000);
    };
    expect(await fastest(3, 0, silence)).toBeLessThan(0);
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
