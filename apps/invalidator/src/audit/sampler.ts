/**
 * Lets so many through as it may, spread over the time: after a quiet second that many at once, then one whenever another share of the
 * second has passed.
 */
export class Sampler {
  private left: number;
  private countedAtMs: number;

  /** @param perSecond how many on average, > 0; @param now milliseconds that never go back */
  constructor(
    private readonly perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.left = perSecond;
    this.countedAtMs = now();
  }

  /** Whether this one may pass. */
  take(): boolean {
    const nowMs = this.now();
    this.left = Math.min(this.perSecond, this.left + ((nowMs - this.countedAtMs) * this.perSecond) / 1_000);
    this.countedAtMs = nowMs;
    if (this.left < 1) return false;
    this.left -= 1;
    return true;
  }
}
