import type { Channel, ChannelModel } from 'amqplib';
import type { EventConsumer, Subscriber } from '../consumer.js';
import { BrokerUnavailable } from '../publisher.js';
import { deliveryLimitOf, type QueueTopology } from '../queue-topology.js';
import { within } from '../timing.js';
import { AmqpLink } from './amqp-link.js';
import { DeliverySession } from './delivery-session.js';
import { deadLettersOf, declareTopology } from './topology.js';

const START_TIMEOUT_MS = 5_000;
const COUNT_TIMEOUT_MS = 1_000;

/** How an {@link AmqpConsumer} reaches its queue. */
export type AmqpConsumerOptions = QueueTopology & {
  /** `amqp://` or `amqps://`, with user, password and virtual host. */
  readonly url: string;
  /** Shown by the broker beside the connection. */
  readonly name: string;
  /** How many deliveries are handled at a time, >= 1. */
  readonly prefetch: number;
  /** How long running handlers may take after {@link AmqpConsumer.close}, in milliseconds. */
  readonly drainMs: number;
  /** How long {@link AmqpConsumer.start} tries, in milliseconds; 5,000 unless given. */
  readonly startTimeoutMs?: number;
};

interface Session {
  readonly channel: Channel;
  readonly deliveries: DeliverySession;
  readonly consumerTag: string;
}

/**
 * Receives from a quorum queue that it declares itself, on a connection of its own. When the broker goes away, closes
 * the channel, or cancels the consumer (somebody deleted the queue), it connects, declares and consumes again.
 */
export class AmqpConsumer implements EventConsumer {
  private link: AmqpLink<Session> | null = null;
  private closing = false;

  constructor(private readonly options: AmqpConsumerOptions) {}

  get up(): boolean {
    return !this.closing && this.link?.session != null;
  }

  async start(patterns: readonly string[], subscriber: Subscriber): Promise<void> {
    if (this.closing || this.link !== null) throw new BrokerUnavailable('a consumer starts once');
    const report = onChange(subscriber);
    this.link = new AmqpLink({
      url: this.options.url,
      name: this.options.name,
      open: (model, lose) => this.open(model, lose, { patterns, subscriber }),
      changed: (session, reason) => {
        report(session !== null, reason);
      },
    });
    this.link.start();
    try {
      await this.link.ready(this.options.startTimeoutMs ?? START_TIMEOUT_MS);
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async countDeadLetters(): Promise<number> {
    if ('samples' in this.options) return 0;
    const session = this.link?.session;
    if (session == null) throw this.link?.unavailable() ?? new BrokerUnavailable('this consumer has not started');
    const asked = session.channel.checkQueue(deadLettersOf(this.options.queue));
    const reply = await within(asked, COUNT_TIMEOUT_MS, () => new BrokerUnavailable('no answer to a count'));
    return reply.messageCount;
  }

  async close(): Promise<void> {
    if (this.closing) return;
    this.closing = true;
    const session = this.link?.session;
    if (session != null) await session.deliveries.drain(session.consumerTag, this.options.drainMs);
    await this.link?.close();
  }

  private async open(model: ChannelModel, lose: (reason: Error) => void, wanted: Wanted): Promise<Session> {
    const { queue, prefetch } = this.options;
    const deliveryLimit = deliveryLimitOf(this.options);
    const channel = await model.createChannel();
    const deliveries = new DeliverySession({ channel, subscriber: wanted.subscriber, deliveryLimit });
    channel.on('error', lose);
    channel.on('close', () => {
      deliveries.abandon();
      lose(new Error('channel closed'));
    });
    await declareTopology(channel, this.options, wanted.patterns);
    await channel.prefetch(prefetch);
    const { consumerTag } = await channel.consume(queue, (message) => {
      if (message === null) lose(new Error(`the broker cancelled the consumer of ${queue}`));
      else deliveries.receive(message);
    });
    return { channel, deliveries, consumerTag };
  }
}

interface Wanted {
  readonly patterns: readonly string[];
  readonly subscriber: Subscriber;
}

/** Tells the subscriber of changes only; every failed attempt to connect is reported to this. */
function onChange(subscriber: Subscriber): (up: boolean, reason: string | null) => void {
  let last: string | undefined;
  return (up, reason) => {
    const state = `${String(up)} ${reason ?? ''}`;
    if (state !== last) subscriber.upChanged(up, reason);
    last = state;
  };
}
