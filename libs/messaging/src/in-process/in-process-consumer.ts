import { setTimeout as sleep } from 'node:timers/promises';
import { mayBury, reasonToBury } from '../burial.js';
import type { EventConsumer, Subscriber } from '../consumer.js';
import type { IncomingEvent, Verdict } from '../event.js';
import { BrokerUnavailable } from '../publisher.js';
import { deliveryLimitOf, type QueueLimits } from '../queue-topology.js';
import { redeliveryDelayMs, pause } from '../timing.js';
import type { InProcessQueue, Waiting } from './in-process-queue.js';

/** How an in-process queue is consumed; the same limits as on a broker. */
export type InProcessConsumerOptions = QueueLimits & {
  readonly queue: string;
  /** How many deliveries are handled at a time, >= 1. */
  readonly prefetch: number;
  /** How long running handlers may take after {@link EventConsumer.close}, in milliseconds. */
  readonly drainMs: number;
};

/** Receives from an {@link InProcessQueue}, with the verdicts, limits and draining of a consumer on a broker. */
export class InProcessConsumer implements EventConsumer {
  private subscriber: Subscriber | null = null;
  private readonly running = new Map<Waiting, Promise<void>>();
  private readonly stop = new AbortController();
  /** `null`: what is put away is dropped. */
  private readonly deliveryLimit: number | null;

  constructor(
    private readonly queue: InProcessQueue,
    private readonly options: InProcessConsumerOptions,
  ) {
    this.deliveryLimit = deliveryLimitOf(options);
  }

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
    this.queue.giveBack(this.running.keys());
    this.running.clear();
    this.subscriber?.upChanged(false, 'closed');
  }

  private deliver(): void {
    while (this.up && this.running.size < this.options.prefetch) {
      const delivery = this.queue.shift();
      if (delivery === undefined) return;
      const work = this.handle(delivery).finally(() => {
        this.queue.wake();
      });
      this.running.set(delivery, work);
    }
  }

  private async handle(delivery: Waiting): Promise<void> {
    const { event } = delivery;
    let verdict = (await this.subscriber?.handle(event)) ?? 'given-back';
    const reason = reasonToBury(verdict, event.earlierDeliveries, this.deliveryLimit);
    if (reason !== null && !(await this.mayBury(event, reason))) verdict = 'given-back';
    if (verdict === 'failed' || verdict === 'given-back') {
      await pause(redeliveryDelayMs(event.earlierDeliveries), this.stop.signal);
    }
    // Absent when the drain has ended: the event went back then, and this verdict comes too late.
    if (this.running.delete(delivery)) this.settle(delivery, verdict);
  }

  private async mayBury({ id, type }: IncomingEvent, reason: string): Promise<boolean> {
    return this.subscriber !== null && mayBury(this.subscriber, { id, type, reason });
  }

  private settle({ event, sinceMs }: Waiting, verdict: Verdict): void {
    const reason = reasonToBury(verdict, event.earlierDeliveries, this.deliveryLimit);
    if (reason !== null) {
      this.bury(event, reason);
    } else if (verdict !== 'done') {
      this.queue.push({ ...event, earlierDeliveries: event.earlierDeliveries + 1 }, sinceMs);
    }
  }

  private bury(event: IncomingEvent, reason: string): void {
    if (this.deliveryLimit !== null) this.queue.deadLetters.push(event);
    this.subscriber?.deadLettered({ id: event.id, type: event.type, reason });
  }
}
