import { LRUCache } from 'lru-cache';
import type { Clock } from './clock.js';

const MAX_KEYS = 1_000;

/** Holds the next load of a key back for a moment after one that failed. */
export class Backoff {
  private readonly untilMs = new LRUCache<string, number>({ max: MAX_KEYS });

  constructor(
    private readonly clock: Clock,
    private readonly backoffMs: number,
  ) {}

  failed(key: string): void {
    if (this.backoffMs > 0) this.untilMs.set(key, this.clock.now() + this.backoffMs);
  }

  succeeded(key: string): void {
    this.untilMs.delete(key);
  }

  /** How long a load of `key` has to wait, in milliseconds; 0 unless one has just failed. */
  waitMs(key: string): number {
    return Math.max(0, (this.untilMs.get(key) ?? 0) - this.clock.now());
  }
}
