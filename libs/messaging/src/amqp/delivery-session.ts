import type { Channel, ConsumeMessage } from 'amqplib';
import { mayBury, reasonToBury } from '../burial.js';
import type { DeadLetter, Subscriber } from '../consumer.js';
import type { IncomingEvent, Verdict } from '../event.js';
import { pause, redeliveryDelayMs, within } from '../timing.js';
import { earlierDeliveriesOf, fromMessage } from './envelope.js';

const CANCEL_TIMEOUT_MS = 1_000;

/** What a {@link DeliverySession} is made of. */
export interface DeliverySessionParts {
  readonly channel: Channel;
  readonly subscriber: Subscriber;
  /** How many times a failed delivery is repeated; `null`: it is dropped, as is all that is put away. */
  readonly deliveryLimit: number | null;
}

/** Handles the deliveries of one channel, from the first to the last; the next channel gets a session of its own. */
export class DeliverySession {
  private readonly running = new Set<Promise<void>>();
  private readonly stop = new AbortController();
  private open = true;

  constructor(private readonly parts: DeliverySessionParts) {}

  /** Handles a delivery and tells the broker the verdict. */
  receive(message: ConsumeMessage): void {
    if (this.stop.signal.aborted) {
      this.tell(() => {
        this.parts.channel.nack(message, false, true);
      });
      return;
    }
    const work = this.process(message).finally(() => this.running.delete(work));
    this.running.add(work);
  }

  /** The channel is gone: the broker delivers again what it has not heard of, so nothing needs to be said any more. */
  abandon(): void {
    this.open = false;
    this.stop.abort();
  }

  /** Cancels, gives running handlers `drainMs` to finish, and gives the rest back. Never rejects. */
  async drain(consumerTag: string, drainMs: number): Promise<void> {
    this.stop.abort();
    const late = (): Error => new Error('no answer while closing');
    const { channel } = this.parts;
    await within(channel.cancel(consumerTag), CANCEL_TIMEOUT_MS, late).catch(() => undefined);
    await within(Promise.all(this.running), drainMs, late).catch(() => undefined);
    this.tell(() => {
      channel.nackAll(true);
    });
    this.open = false;
    await within(channel.close(), CANCEL_TIMEOUT_MS, late).catch(() => undefined);
  }

  private async process(message: ConsumeMessage): Promise<void> {
    const event = read(message);
    if ('reason' in event) {
      await this.bury(message, event, 'malformed');
      return;
    }
    const { id, type, earlierDeliveries } = event;
    const verdict = await this.parts.subscriber.handle(event);
    const reason = reasonToBury(verdict, earlierDeliveries, this.parts.deliveryLimit);
    if (reason !== null) await this.bury(message, { id, type, reason }, verdict);
    else await this.settle(message, verdict, earlierDeliveries);
  }

  /** To the dead letters, if there are any and the subscriber lets it go. At the delivery limit it is the broker that puts it there. */
  private async bury(message: ConsumeMessage, letter: DeadLetter, verdict: Verdict): Promise<void> {
    const { channel, subscriber, deliveryLimit } = this.parts;
    if (!(await mayBury(subscriber, letter))) {
      await this.settle(message, 'given-back', earlierDeliveriesOf(message));
      return;
    }
    this.tell(() => {
      channel.reject(message, verdict === 'failed' && deliveryLimit !== null);
    });
    subscriber.deadLettered(letter);
  }

  /** Only `reject` counts towards the delivery limit on RabbitMQ 4.3 and later, so `nack` is for giving back. */
  private async settle(message: ConsumeMessage, verdict: Verdict, earlierDeliveries: number): Promise<void> {
    if (verdict !== 'done') await pause(redeliveryDelayMs(earlierDeliveries), this.stop.signal);
    const { channel } = this.parts;
    this.tell(() => {
      if (verdict === 'done') channel.ack(message);
      else if (verdict === 'given-back') channel.nack(message, false, true);
      else channel.reject(message, true);
    });
  }

  private tell(say: () => void): void {
    if (!this.open) return;
    try {
      say();
    } catch {
      this.open = false; // the channel closed this very moment; the broker delivers again
    }
  }
}

function read(message: ConsumeMessage): IncomingEvent | DeadLetter {
  try {
    return fromMessage(message);
  } catch (error) {
    const messageId: unknown = message.properties.messageId;
    const id = typeof messageId === 'string' ? messageId : null;
    return { id, type: message.fields.routingKey, reason: `illegible: ${String(error)}` };
  }
}
