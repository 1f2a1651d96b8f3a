const SHARE = 0.2;
const MAX_SAVED = 10;
const FIRST = 2;

/** Keeps retries at a fifth of the calls, so that they cannot multiply the load on an upstream in trouble. */
export class RetryBudget {
  private saved = FIRST;

  /** Notes a call, which earns a fifth of a retry; at most {@link MAX_SAVED} retries are saved up. */
  earn(): void {
    this.saved = Math.min(MAX_SAVED, this.saved + SHARE);
  }

  /** Takes one retry out. @returns whether there was one */
  spend(): boolean {
    if (this.saved < 1) return false;
    this.saved -= 1;
    return true;
  }
}
