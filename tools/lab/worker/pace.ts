/** Milliseconds of the rate that may be made up for after a pause, so that no burst follows it. */
const MAX_CREDIT_MS = 20;

/**
 * Lets readers go on at a rate, all of a process together. Without it a cache within the process would answer
 * so many reads in one turn of the event loop that nothing else got one.
 */
export class Pace {
  private credit = 0;
  private lastUs = 0;
  private waiting: Promise<void> | null = null;

  constructor(private readonly perSecond: number) {}

  /** Whether a read may begin now. */
  take(nowUs: number): boolean {
    const earned = ((nowUs - this.lastUs) * this.perSecond) / 1_000_000;
    this.lastUs = nowUs;
    this.credit = Math.min(this.credit + earned, (MAX_CREDIT_MS * this.perSecond) / 1_000);
    if (this.credit < 1) return false;
    this.credit -= 1;
    return true;
  }

  /** Resolves about a millisecond later. */
  pause(): Promise<void> {
    this.waiting ??= new Promise((resolve) => {
      setTimeout(() => {
        this.waiting = null;
        resolve();
      }, 1);
    });
    return this.waiting;
  }
}
