import type { Channel } from 'amqplib';
import type { QueueLimits, QueueTopology } from '../queue-topology.js';

type Arguments = Record<string, string | number | boolean>;

/** The name of the fanout exchange, and of the queue bound to it, that take the dead letters of `queue`. */
export function deadLettersOf(queue: string): string {
  return `${queue}.dead-letters`;
}

/** Declares everything and binds the queue to `patterns`. Harmless when it exists; rejects when it exists otherwise. */
export async function declareTopology(
  channel: Channel,
  topology: QueueTopology,
  patterns: readonly string[],
): Promise<void> {
  const { exchange, queue } = topology;
  await channel.assertExchange(exchange, 'topic', { durable: true });
  if (!('samples' in topology)) await declareDeadLetters(channel, deadLettersOf(queue));
  await channel.assertQueue(queue, { durable: true, arguments: argumentsOf(queue, topology) });
  for (const pattern of patterns) await channel.bindQueue(queue, exchange, pattern);
}

async function declareDeadLetters(channel: Channel, deadLetters: string): Promise<void> {
  await channel.assertExchange(deadLetters, 'fanout', { durable: true });
  await channel.assertQueue(deadLetters, { durable: true, arguments: { 'x-queue-type': 'quorum' } });
  await channel.bindQueue(deadLetters, deadLetters, '');
}

/** Of a queue that nobody reads: what is published beyond is refused, and its publisher keeps it. */
const MAX_MESSAGES = 100_000;

/** The arguments of the main queue. They are fixed for its life; see docs/decisions/0010-queue-arguments.md. */
function argumentsOf(queue: string, limits: QueueLimits): Arguments {
  if ('samples' in limits) {
    const { maxMessages, ttlMs } = limits.samples;
    return {
      'x-queue-type': 'quorum',
      'x-max-length': maxMessages,
      'x-overflow': 'drop-head',
      'x-message-ttl': ttlMs,
      'x-expires': ttlMs,
    };
  }
  return {
    'x-queue-type': 'quorum',
    'x-delivery-limit': limits.deliveryLimit,
    'x-dead-letter-exchange': deadLettersOf(queue),
    'x-dead-letter-strategy': 'at-least-once',
    'x-overflow': 'reject-publish', // demanded by at-least-once
    'x-max-length': MAX_MESSAGES,
    ...(limits.singleActiveConsumer === true && { 'x-single-active-consumer': true }),
  };
}
