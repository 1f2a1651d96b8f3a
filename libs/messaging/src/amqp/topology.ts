import type { Channel } from 'amqplib';

/** A durable queue behind a topic exchange, with a place for what cannot be delivered. */
export interface QueueTopology {
  /** A durable topic exchange. */
  readonly exchange: string;
  /** Its dead letters go to the exchange and the queue named by {@link deadLettersOf}. */
  readonly queue: string;
  /** How many times a failed delivery is repeated before it goes to the dead letters, >= 1. */
  readonly deliveryLimit: number;
  /**
   * Whether of all its consumers one receives, in the order of the queue, and the next one once that is gone: what the first gives
   * back then comes behind what it never had. All receive unless given.
   */
  readonly singleActiveConsumer?: boolean;
}

/** The name of the fanout exchange, and of the queue bound to it, that take the dead letters of `queue`. */
export function deadLettersOf(queue: string): string {
  return `${queue}.dead-letters`;
}

/** The arguments of the main queue. They are fixed for its life; see docs/decisions/0010-queue-arguments.md. */
function queueArguments(topology: QueueTopology): Record<string, string | number | boolean> {
  const { queue, deliveryLimit, singleActiveConsumer = false } = topology;
  return {
    'x-queue-type': 'quorum',
    'x-delivery-limit': deliveryLimit,
    'x-dead-letter-exchange': deadLettersOf(queue),
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish', // demanded by at-least-once
    ...(singleActiveConsumer && { 'x-single-active-consumer': true }),
  };
}

/** Declares everything and binds the queue to `patterns`. Harmless when it exists; rejects when it exists otherwise. */
export async function declareTopology(
  channel: Channel,
  topology: QueueTopology,
  patterns: readonly string[],
): Promise<void> {
  const deadLetters = deadLettersOf(topology.queue);
  await channel.assertExchange(topology.exchange, 'topic', { durable: true });
  await channel.assertExchange(deadLetters, 'fanout', { durable: true });
  await channel.assertQueue(deadLetters, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue(deadLetters, deadLetters, '');
  await channel.assertQueue(topology.queue, { durable: true, arguments: queueArguments(topology) });
  for (const pattern of patterns) await channel.bindQueue(topology.queue, topology.exchange, pattern);
}
