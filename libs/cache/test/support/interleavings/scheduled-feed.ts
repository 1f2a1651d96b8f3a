import type fc from 'fast-check';
import type { FeedListener } from '../../../src/index.js';

/** What a process hears of, one message after the other, each when the scheduler says so. */
export class ScheduledFeed {
  private queue: (() => void)[] = [];
  private muted = false;
  private deaf = false;
  private awaiting = false;
  /** The instant up to which everything has been heard. */
  caughtUpAtMs = -Infinity;

  constructor(
    private readonly s: fc.Scheduler,
    private readonly listener: FeedListener,
    private readonly onHeard: (key: string, floor: number) => void,
  ) {
    this.ping();
  }

  /** `key` was invalidated: nothing older than `floor` may be served of it by who has heard this. */
  announce(key: string, floor: number): void {
    this.send(() => {
      this.listener.heard(key);
      this.onHeard(key, floor);
    });
  }

  /** Everything before `asOfMs` has been applied. */
  certify(asOfMs: number): void {
    this.send(() => {
      this.listener.certified(asOfMs);
    });
  }

  /** Asks whether everything has been delivered, unless an answer is due. */
  ping(): void {
    if (this.awaiting) return;
    this.awaiting = true;
    const leftAtMs = performance.now();
    this.send(() => {
      this.awaiting = false;
      this.listener.caughtUp(leftAtMs);
      this.caughtUpAtMs = leftAtMs;
    });
  }

  /** Nothing arrives any more; it is kept. */
  mute(): void {
    this.muted = true;
  }

  unmute(): void {
    this.muted = false;
    for (let waiting = this.queue.length; waiting > 0; waiting--) this.deliverLater();
  }

  /** What is under way is lost, and what happens until the connection is back; the process notices meanwhile. */
  async cut(): Promise<void> {
    if (this.deaf) return;
    this.queue = [];
    this.deaf = true;
    await this.s.schedule(Promise.resolve(), 'the feed is lost');
    await this.lose();
  }

  /** The same, of a connection that leads to another server from now on: no command goes there before the process knows. */
  async lose(): Promise<void> {
    this.queue = [];
    this.deaf = true;
    this.listener.lost();
    await this.s.schedule(Promise.resolve(), 'the feed is back');
    this.deaf = false;
    this.awaiting = false;
    this.ping();
  }

  private send(message: () => void): void {
    if (this.deaf) return;
    this.queue.push(message);
    if (!this.muted) this.deliverLater();
  }

  private deliverLater(): void {
    void this.s.schedule(Promise.resolve(), 'the feed delivers').then(() => {
      if (!this.muted) this.queue.shift()?.();
    });
  }
}
