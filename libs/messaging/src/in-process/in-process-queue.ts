import type { IncomingEvent } from '../event.js';
import type { QueueLimits } from '../queue-topology.js';
import { matchesTopic } from '../topic-pattern.js';

/** An event in a queue. */
export interface Waiting {
  readonly event: IncomingEvent;
  /** When it came, in milliseconds of this process. */
  readonly sinceMs: number;
}

/** What a queue's name stands for: it outlives its consumers, as a durable queue does. */
export class InProcessQueue {
  readonly patterns = new Set<string>();
  readonly deadLetters: IncomingEvent[] = [];
  /** Called when an event has come to wait. */
  wake: () => void = () => undefined;
  private readonly waiting: Waiting[] = [];
  private readonly maxMessages: number;
  private readonly ttlMs: number;

  constructor(limits: QueueLimits) {
    const { maxMessages, ttlMs } = 'samples' in limits ? limits.samples : { maxMessages: Infinity, ttlMs: Infinity };
    this.maxMessages = maxMessages;
    this.ttlMs = ttlMs;
  }

  /** Whether the queue wants events of this type. */
  wants(type: string): boolean {
    return [...this.patterns].some((pattern) => matchesTopic(pattern, type));
  }

  /** Behind what waits already. */
  push(event: IncomingEvent, sinceMs = performance.now()): void {
    this.waiting.push({ event, sinceMs });
    if (this.waiting.length > this.maxMessages) this.waiting.shift();
    this.wake();
  }

  /** Before what waits already, in their order. */
  giveBack(deliveries: Iterable<Waiting>): void {
    this.waiting.unshift(...deliveries);
  }

  /** The oldest that has not waited too long; `undefined`: there is none. */
  shift(): Waiting | undefined {
    let next = this.waiting.shift();
    while (next !== undefined && performance.now() - next.sinceMs > this.ttlMs) next = this.waiting.shift();
    return next;
  }
}
