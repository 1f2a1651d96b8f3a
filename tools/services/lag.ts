const BEAT_MS = 5;

/**
 * By how much the machine held this process up: how late its timers came, less what it computed itself meanwhile. For limits
 * on what waits for others.
 */
export class Lag {
  private heldUpMs = 0;
  private beat = { atMs: performance.now(), computedMs: computedMs() };
  private readonly timer = setInterval(() => {
    this.heldUpMs += this.owedMs();
    this.beat = { atMs: performance.now(), computedMs: computedMs() };
  }, BEAT_MS).unref();

  /** All of it since the construction, in milliseconds; what is under way counts. */
  get totalMs(): number {
    return this.heldUpMs + this.owedMs();
  }

  /** The time on the clock of `performance.now()`, on which none of it has passed. */
  get nowMs(): number {
    return performance.now() - this.totalMs;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Timers are a little late always: it counts from when a second beat is due. */
  private owedMs(): number {
    const sinceMs = performance.now() - this.beat.atMs;
    return Math.max(0, sinceMs - 2 * BEAT_MS - (computedMs() - this.beat.computedMs));
  }
}

function computedMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
