import type { Clock } from '../core/clock.js';

/** A clock that stands still until it is told to move; sleepers wake as it passes them. */
export class ManualClock implements Clock {
  private nowMs: number;
  private sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  constructor(startMs = 1_000_000) {
    this.nowMs = startMs;
  }

  readonly now = (): number => this.nowMs;

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      this.sleepers.push({ atMs: this.nowMs + ms, wake });
    });

  /** Moves on by `ms` and wakes whoever slept until then. */
  advance(ms: number): void {
    this.nowMs += ms;
    const due = this.sleepers.filter(({ atMs }) => atMs <= this.nowMs);
    this.sleepers = this.sleepers.filter(({ atMs }) => atMs > this.nowMs);
    for (const { wake } of due) wake();
  }

  /** How many sleep. */
  get sleeping(): number {
    return this.sleepers.length;
  }
}
