/** How often what went wrong, by the message. */
export type FailureCounts = Readonly<Record<string, number>>;

const KEPT = 20;

/** Counts failures by their messages; beyond some messages, all others together. */
export class Failures {
  private readonly counts = new Map<string, number>();

  readonly note = (error: unknown): void => {
    const reason = error instanceof Error ? error.message : String(error);
    const known = this.counts.has(reason) || this.counts.size < KEPT ? reason : 'others';
    this.counts.set(known, (this.counts.get(known) ?? 0) + 1);
  };

  result(): FailureCounts {
    return Object.fromEntries(this.counts);
  }
}
