const BEAT_MS = 5;

/** By how much the machine held this process up, as far as its own timers came late. For limits on what waits for others. */
export class Lag {
  private lateMs = 0;
  private lastBeatMs = performance.now();
  private readonly timer = setInterval(() => {
    this.lateMs += this.owedMs();
    this.lastBeatMs = performance.now();
  }, BEAT_MS).unref();

  /** All of it since the construction, in milliseconds; what is under way counts. */
  get totalMs(): number {
    return this.lateMs + this.owedMs();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Timers are a little late always: only a beat that was left out counts. */
  private owedMs(): number {
    const sinceMs = performance.now() - this.lastBeatMs;
    return sinceMs < 2 * BEAT_MS ? 0 : sinceMs - BEAT_MS;
  }
}
