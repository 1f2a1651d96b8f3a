import type { Bin, Example, Violations } from './findings.js';

const KEPT_EXAMPLES = 5;

/** Counts, and keeps the first few. */
export class Tally {
  private count = 0;
  private readonly examples: Example[] = [];

  /** `example` is made only if it is kept. */
  add(example: () => Example): void {
    this.count += 1;
    if (this.examples.length < KEPT_EXAMPLES) this.examples.push(example());
  }

  result(): Violations {
    return { count: this.count, examples: this.examples };
  }
}

/** Reads sorted into stretches of time. */
export class Bins {
  private readonly bins: { -readonly [Field in keyof Bin]: Bin[Field] }[];

  /** @param durationMs what is later goes into the last bin */
  constructor(
    private readonly durationMs: number,
    count: number,
  ) {
    const fromMs = (index: number): number => (index * durationMs) / count;
    this.bins = Array.from({ length: count }, (_, index) => {
      return { fromMs: fromMs(index), reads: 0, stale: 0, failed: 0, maxStaleMs: 0 };
    });
  }

  failed(atMs: number): void {
    this.at(atMs).failed += 1;
  }

  /** @param staleMs 0 if it was fresh; @param isHit whether that counts for the largest one */
  read(atMs: number, staleMs: number, isHit: boolean): void {
    const bin = this.at(atMs);
    bin.reads += 1;
    if (staleMs > 0) bin.stale += 1;
    if (isHit && staleMs > bin.maxStaleMs) bin.maxStaleMs = staleMs;
  }

  result(): Bin[] {
    return this.bins;
  }

  private at(atMs: number): (typeof this.bins)[number] {
    const last = this.bins.length - 1;
    const index = Math.floor((atMs / this.durationMs) * this.bins.length);
    return this.bins[Math.min(last, Math.max(0, index))] as (typeof this.bins)[number];
  }
}
