import type { Clock } from './clock.js';

const RENEW_MS = 10_000;
/** What was learnt longer ago is not relied on: two clocks may drift apart. */
const FORGET_MS = 60_000;

/**
 * The store's time as this process knows it: never behind, ahead by at most a round trip.
 *
 * Ages are measured by the one clock of the store, so that hosts whose clocks differ agree on them. An estimate too
 * high makes an entry look older than it is, which costs a load; one too low would break a promise.
 */
export class StoreClock {
  /** Bounds of what is to be added to this process's time. */
  private offsetMs = 0;
  private leastOffsetMs = 0;
  private sampledAtMs = -Infinity;

  constructor(private readonly clock: Clock) {}

  /** Whether it is time to ask the store. */
  get isDue(): boolean {
    return this.clock.now() - this.sampledAtMs > RENEW_MS;
  }

  /** Whether the store has told its time in the last minute. */
  get isKnown(): boolean {
    return this.clock.now() - this.sampledAtMs < FORGET_MS;
  }

  /** Notes what the store answered to a question that left at `askedAtMs`, an instant of this process. */
  note(storeMs: number, askedAtMs: number): void {
    const nowMs = this.clock.now();
    const offsetMs = storeMs - askedAtMs;
    if (!this.isDue && offsetMs >= this.offsetMs) return;
    this.offsetMs = offsetMs;
    this.leastOffsetMs = storeMs - nowMs;
    this.sampledAtMs = nowMs;
  }

  /** Notes what `ask` learns from the store. @throws as `ask` */
  async renew(ask: () => Promise<number>): Promise<void> {
    const askedAtMs = this.clock.now();
    this.note(await ask(), askedAtMs);
  }

  /** The store's time in milliseconds, or up to a round trip later. */
  now(): number {
    return this.clock.now() + this.offsetMs;
  }

  /** The store's time in milliseconds, or up to a round trip earlier. */
  atLeast(): number {
    return this.clock.now() + this.leastOffsetMs;
  }
}
