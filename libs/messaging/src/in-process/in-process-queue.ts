import { setTimeout as sleep } from 'node:timers/promises';
import { mayBury, reasonToBury } from '../burial.js';
import type { EventConsumer, Subscriber } from '../consumer.js';
import type { IncomingEvent, Verdict } from '../event.js';
import { BrokerUnavailable } from '../publisher.js';
import { redeliveryDelayMs, pause } from '../timing.js';
import { matchesTopic } from '../topic-pattern.js';

/** What a queue's name stands for: it outlives its consumers, as a durable queue does. */
export interface InProcessQueue {
  readonly patterns: Set<string>;
  /** Events that wait, the oldest first. */
  readonly waiting: IncomingEvent[];
  readonly deadLetters: IncomingEvent[];
  /** Called when an event has come to wait. */
  wake: () => void;
}

/** How an in-process queue is consumed; the same limits as on a broker. */
export interface InProcessConsumerOptions {
  readonly queue: string;
  /** How many deliveries are handled at a time, >= 1. */
  readonly prefetch: number;
  /** How many times a failed delivery is repeated before it goes to the dead letters, >= 0. */
  readonly deliveryLimit: number;
  /** How long running handlers may take after {@link EventConsumer.close}, in milliseconds. */
  readonly drainMs: number;
}

/** Makes an empty queue that nobody consumes. */
export function emptyQueue(): InProcessQueue {
  return { patterns: new Set(), waiting: [], deadLetters: [], wake: () => undefined };
}

/** Whether the queue wants events of this type. */
export function wants(queue: InProcessQueue, type: string): boolean {
  return [...queue.patterns].some((pattern) => matchesTopic(pattern, type));
}

/** Receives from an {@link InProcessQueue}, with the verdicts, limits and draining of a consumer on a broker. */
export class InProcessConsumer implements EventConsumer {
  private subscriber: Subscriber | null = null;
  private readonly running = new Map<IncomingEvent, Promise<void>>();
  private readonly stop = new AbortController();

  constructor(
    private readonly queue: InProcessQueue,
    private readonly options: InProcessConsumerOptions,
  ) {}

  get up(): boolean {
    return this.subscriber !== null && !this.stop.signal.aborted;
  }

  start(patterns: readonly string[], subscriber: Subscriber): Promise<void> {
    if (this.stop.signal.aborted) return Promise.reject(new BrokerUnavailable('this consumer is closed'));
    for (const pattern of patterns) this.queue.patterns.add(pattern);
    this.subscriber = subscriber;
    this.queue.wake = () => {
      setImmediate(() => {
        this.deliver();
      });
    };
    subscriber.upChanged(true, null);
    this.queue.wake();
    return Promise.resolve();
  }

  countDeadLetters(): Promise<number> {
    return Promise.resolve(this.queue.deadLetters.length);
  }

  async close(): Promise<void> {
    if (this.stop.signal.aborted) return;
    this.stop.abort();
    await Promise.race([Promise.all(this.running.values()), sleep(this.options.drainMs, undefined, { ref: false })]);
    this.queue.waiting.unshift(...this.running.keys());
    this.running.clear();
    this.subscriber?.upChanged(false, 'closed');
  }

  private deliver(): void {
    while (this.up && this.running.size < this.options.prefetch) {
      const event = this.queue.waiting.shift();
      if (event === undefined) return;
      const work = this.handle(event).finally(() => {
        this.queue.wake();
      });
      this.running.set(event, work);
    }
  }

  private async handle(event: IncomingEvent): Promise<void> {
    const { deliveryLimit } = this.options;
    let verdict = (await this.subscriber?.handle(event)) ?? 'given-back';
    const reason = reasonToBury(verdict, event.earlierDeliveries, deliveryLimit);
    if (reason !== null && !(await this.mayBury(event, reason))) verdict = 'given-back';
    if (verdict === 'failed' || verdict === 'given-back') {
      await pause(redeliveryDelayMs(event.earlierDeliveries), this.stop.signal);
    }
    // Absent when the drain has ended: the event went back then, and this verdict comes too late.
    if (this.running.delete(event)) this.settle(event, verdict);
  }

  private async mayBury({ id, type }: IncomingEvent, reason: string): Promise<boolean> {
    return this.subscriber !== null && mayBury(this.subscriber, { id, type, reason });
  }

  private settle(event: IncomingEvent, verdict: Verdict): void {
    const reason = reasonToBury(verdict, event.earlierDeliveries, this.options.deliveryLimit);
    if (reason !== null) {
      this.bury(event, reason);
    } else if (verdict !== 'done') {
      this.queue.waiting.push({ ...event, earlierDeliveries: event.earlierDeliveries + 1 });
    }
  }

  private bury(event: IncomingEvent, reason: string): void {
    this.queue.deadLetters.push(event);
    this.subscriber?.deadLettered({ id: event.id, type: event.type, reason });
  }
}
