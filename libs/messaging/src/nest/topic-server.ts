import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import { isObservable, lastValueFrom } from 'rxjs';
import type { DeadLetter, EventConsumer, Subscriber } from '../consumer.js';
import type { IncomingEvent, Verdict } from '../event.js';
import { matchesTopic } from '../topic-pattern.js';
import { DeliveryGivenBack, MalformedEvent } from './delivery-errors.js';
import { EventContext } from './event-context.js';

/** Hears what a {@link TopicServer} logs as well. */
export interface TopicListener {
  readonly upChanged?: (up: boolean) => void;
  /** As `Subscriber.deadLettering`: the place for what must have happened before an event is given up. */
  readonly deadLettering?: (letter: DeadLetter) => Promise<void>;
  readonly deadLettered?: (letter: DeadLetter) => void;
}

/** From the best to the worst: of several handlers for one event, the worst verdict counts. */
const SEVERITY: readonly Verdict[] = ['done', 'given-back', 'failed', 'malformed'];

/**
 * A Nest transport over an {@link EventConsumer}: `@EventPattern('catalog.product.*')` handlers receive the data of each
 * event as payload, and an {@link EventContext}. An event is acknowledged when all its handlers have finished. A handler
 * that throws {@link MalformedEvent} sends it to the dead letters, {@link DeliveryGivenBack} gives it back, and anything
 * else is a failure, repeated up to the delivery limit.
 */
export class TopicServer extends Server implements CustomTransportStrategy {
  override readonly propagatesEventHandlerErrors = true;
  private closing = false;

  constructor(
    private readonly consumer: EventConsumer,
    private readonly listener: TopicListener = {},
  ) {
    super();
  }

  /** Whether deliveries can arrive at this moment. */
  get up(): boolean {
    return this.consumer.up;
  }

  /** Begins to receive what the handlers' patterns ask for; called by Nest. */
  listen(callback: (error?: unknown) => void): void {
    const subscriber: Subscriber = {
      handle: (event) => this.handle(event),
      deadLettering: async (letter) => {
        await this.listener.deadLettering?.(letter);
      },
      deadLettered: (letter) => {
        this.logger.error({ message: 'event put among the dead letters', ...letter });
        this.listener.deadLettered?.(letter);
      },
      upChanged: (up, reason) => {
        if (up || this.closing) this.logger.log(up ? 'receiving events' : 'no longer receiving events');
        else this.logger.warn(`not receiving events: ${reason ?? 'unknown'}`);
        this.listener.upChanged?.(up);
      },
    };
    this.start(subscriber).then(() => {
      callback();
    }, callback);
  }

  /** Stops receiving, lets running handlers finish for a bounded time, gives the rest back; called by Nest. */
  async close(): Promise<void> {
    this.closing = true;
    await this.consumer.close();
  }

  /** @throws {Error} always: a consumer reports to its {@link TopicListener} */
  on(): never {
    throw new Error('TopicServer has no events to listen to: pass a TopicListener to its constructor');
  }

  /** @throws {Error} always: what lies behind this server is its consumer's own affair */
  unwrap(): never {
    throw new Error('TopicServer has nothing to unwrap: keep the consumer that was passed to it');
  }

  private async start(subscriber: Subscriber): Promise<void> {
    for (const [pattern, handler] of this.messageHandlers) {
      if (handler.isEventHandler !== true)
        throw new TypeError(`Use @EventPattern('${pattern}'): events have no answer`);
    }
    await this.consumer.start([...this.messageHandlers.keys()], subscriber);
  }

  private async handle(event: IncomingEvent): Promise<Verdict> {
    const handlers = [...this.messageHandlers].filter(([pattern]) => matchesTopic(pattern, event.type));
    if (handlers.length === 0) return 'malformed';
    const verdicts = await Promise.all(handlers.map(([, handler]) => this.run(handler, event)));
    return verdicts.reduce((worst, next) => (SEVERITY.indexOf(next) > SEVERITY.indexOf(worst) ? next : worst));
  }

  private async run(handler: MessageHandler, event: IncomingEvent): Promise<Verdict> {
    try {
      const result: unknown = await handler(event.data, new EventContext([event]));
      if (isObservable(result)) await lastValueFrom(result, { defaultValue: null });
      return 'done';
    } catch (error) {
      const verdict = verdictOf(error);
      const { id, type, earlierDeliveries } = event;
      this.logger.warn({ message: 'event not handled', id, type, earlierDeliveries, verdict, reason: reasonOf(error) });
      return verdict;
    }
  }
}

function verdictOf(error: unknown): Verdict {
  if (error instanceof MalformedEvent) return 'malformed';
  return error instanceof DeliveryGivenBack ? 'given-back' : 'failed';
}

/** Nest's filter turns an unknown error into `{ status, message }`, after logging it. */
function reasonOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);
}
