import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { OutgoingEvent } from '../event.js';
import { BrokerUnavailable, type Publisher, type PublishOutcome } from '../publisher.js';
import { AmqpLink } from './amqp-link.js';
import { toEnvelope } from './envelope.js';

const PUBLISH_TIMEOUT_MS = 2_000;

/** How an {@link AmqpPublisher} reaches its exchange. */
export interface AmqpPublisherOptions {
  /** `amqp://` or `amqps://`, with user, password and virtual host. */
  readonly url: string;
  /** A durable topic exchange; declared on every connection. */
  readonly exchange: string;
  /** Shown by the broker beside the connection. */
  readonly name: string;
  /** How long one publish may take, in milliseconds; 2,000 unless given. A blocked broker never answers. */
  readonly publishTimeoutMs?: number;
  /** Called on each change of {@link AmqpPublisher.connected}; `reason` says why the broker cannot be used. */
  readonly changed?: (connected: boolean, reason: string | null) => void;
}

interface Session {
  readonly channel: ConfirmChannel;
  /** Ids whose message came back before its confirm. */
  readonly returned: Set<string>;
  open: boolean;
  blocked: boolean;
}

/**
 * Publishes to a topic exchange with confirms, on a connection of its own, because the broker blocks connections that
 * publish. Connects in the background from its construction on, and again after each loss.
 */
export class AmqpPublisher implements Publisher {
  private readonly link: AmqpLink<Session>;
  private readonly timeoutMs: number;

  constructor(private readonly options: AmqpPublisherOptions) {
    this.timeoutMs = options.publishTimeoutMs ?? PUBLISH_TIMEOUT_MS;
    this.link = new AmqpLink({
      url: options.url,
      name: options.name,
      open: (model, lose) => this.open(model, lose),
      changed: (session, reason) => options.changed?.(session !== null, reason),
    });
    this.link.start();
  }

  get connected(): boolean {
    const { session } = this.link;
    return session !== null && session.open && !session.blocked;
  }

  async publish(events: readonly OutgoingEvent[]): Promise<PublishOutcome[]> {
    const { session } = this.link;
    if (session?.open !== true) throw this.link.unavailable();
    if (session.blocked) throw new BrokerUnavailable('RabbitMQ blocks publishers: it is out of memory or disk');

    const outcomes = await this.publishOn(session, events);
    // A broker that blocks us has said so, and will say when it does not any more; one that is silent may be gone.
    if (outcomes.includes('timed-out') && this.connected) {
      this.link.restart(new Error('a publish was not answered in time'));
    }
    return outcomes;
  }

  async close(): Promise<void> {
    await this.link.close();
  }

  private publishOn(session: Session, events: readonly OutgoingEvent[]): Promise<PublishOutcome[]> {
    const outcomes = events.map((): PublishOutcome => 'timed-out');
    let unanswered = events.length;
    return new Promise((resolve) => {
      const finish = (): void => {
        clearTimeout(timer);
        resolve([...outcomes]);
      };
      const timer = setTimeout(finish, this.timeoutMs);
      if (unanswered === 0) finish();
      for (const [index, event] of events.entries()) {
        this.send(session, event, (outcome) => {
          outcomes[index] = outcome;
          unanswered -= 1;
          if (unanswered === 0) finish();
        });
      }
    });
  }

  private send(session: Session, event: OutgoingEvent, answer: (outcome: PublishOutcome) => void): void {
    try {
      const { body, options } = toEnvelope(event);
      session.channel.publish(this.options.exchange, event.type, body, options, (error: unknown) => {
        answer(outcomeOf(session, event.id, error));
      });
    } catch {
      // No frame of AMQP can carry it: over 64 KiB of attributes, or data that is not JSON.
      answer('refused');
    }
  }

  private async open(model: ChannelModel, lose: (reason: Error) => void): Promise<Session> {
    const channel = await model.createConfirmChannel();
    const session: Session = { channel, returned: new Set(), open: true, blocked: false };
    channel.on('error', lose);
    // Before the library's own listener, which fails all outstanding confirms.
    channel.prependListener('close', () => {
      session.open = false;
      lose(new Error('channel closed'));
    });
    channel.on('return', ({ properties }) => session.returned.add(String(properties.messageId)));
    model.on('blocked', (reason) => {
      session.blocked = true;
      this.options.changed?.(false, `RabbitMQ blocks publishers: ${reason}`);
    });
    model.on('unblocked', () => {
      session.blocked = false;
      this.options.changed?.(session.open, null);
    });
    await channel.assertExchange(this.options.exchange, 'topic', { durable: true });
    return session;
  }
}

/** The broker sends a message back before it confirms it, so the answer is known at the confirm. */
function outcomeOf(session: Session, id: string, error: unknown): PublishOutcome {
  const unroutable = session.returned.delete(id);
  if (error !== null) return session.open ? 'refused' : 'timed-out';
  return unroutable ? 'unroutable' : 'confirmed';
}
