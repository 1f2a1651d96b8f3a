import type { EventConsumer } from '../consumer.js';
import type { IncomingEvent, OutgoingEvent } from '../event.js';
import { BrokerUnavailable, type Publisher, type PublishOutcome } from '../publisher.js';
import { InProcessConsumer, type InProcessConsumerOptions } from './in-process-consumer.js';
import { InProcessQueue } from './in-process-queue.js';

/**
 * A topic exchange with durable queues inside one process: the twin of RabbitMQ for the embedded start and for tests.
 * It keeps the same contract, except that its queues end with the process, and not before.
 */
export class InProcessBus implements Publisher {
  private readonly queues = new Map<string, InProcessQueue>();
  private open = true;

  get connected(): boolean {
    return this.open;
  }

  publish(events: readonly OutgoingEvent[]): Promise<PublishOutcome[]> {
    if (!this.open) return Promise.reject(new BrokerUnavailable('the in-process bus is closed'));
    return Promise.resolve(events.map((event) => this.route(event)));
  }

  /** A consumer of the named queue, which exists from its first {@link EventConsumer.start} on. */
  consumer(options: InProcessConsumerOptions): EventConsumer {
    const queue = this.queues.get(options.queue) ?? new InProcessQueue(options);
    this.queues.set(options.queue, queue);
    return new InProcessConsumer(queue, options);
  }

  close(): Promise<void> {
    this.open = false;
    return Promise.resolve();
  }

  private route(event: OutgoingEvent): PublishOutcome {
    const json = JSON.stringify(event.data) as string | undefined;
    if (json === undefined) return 'refused';
    const queues = [...this.queues.values()].filter((queue) => queue.wants(event.type));
    for (const queue of queues) {
      const copy: IncomingEvent = { ...event, data: JSON.parse(json) as unknown, earlierDeliveries: 0 };
      queue.push(copy);
    }
    return queues.length === 0 ? 'unroutable' : 'confirmed';
  }
}
