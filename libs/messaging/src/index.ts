export { AmqpPublisher, type AmqpPublisherOptions } from './amqp/amqp-publisher.js';
export type { DeadLetter, EventConsumer, Subscriber } from './consumer.js';
export type { IncomingEvent, OutgoingEvent, Verdict } from './event.js';
export { InProcessBus } from './in-process/in-process-bus.js';
export type { InProcessConsumerOptions } from './in-process/in-process-queue.js';
export { BrokerUnavailable, type Publisher, type PublishOutcome } from './publisher.js';
export { matchesTopic } from './topic-pattern.js';
