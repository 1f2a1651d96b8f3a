import type { Expectation } from './expectation.js';

/** An entry that was stale when it was last looked at. Instants are milliseconds of this process. */
export interface StaleKey {
  readonly expectation: Expectation;
  /** When the oldest event came that it does not show. */
  readonly sinceMs: number;
  readonly checkedAtMs: number;
}

/** The entries that have been stale for the longest, at most so many. */
export class WorstKeys {
  private readonly keys = new Map<string, StaleKey>();

  constructor(private readonly max: number) {}

  /** The longest stale first. */
  list(): StaleKey[] {
    return [...this.keys.values()].sort((a, b) => staleMs(b) - staleMs(a));
  }

  /** An entry was found stale; `sinceMs` is when the event came that says so. */
  stale(found: StaleKey): void {
    const name = nameOf(found.expectation);
    const known = this.keys.get(name);
    const newer = known !== undefined && known.expectation.version > found.expectation.version ? known : found;
    const sinceMs = Math.min(found.sinceMs, known?.sinceMs ?? Infinity);
    this.keys.set(name, { expectation: newer.expectation, sinceMs, checkedAtMs: found.checkedAtMs });
    const [least] = this.list().slice(this.max);
    if (least !== undefined) this.keys.delete(nameOf(least.expectation));
  }

  /** An entry was found to show that version at least: it leaves the list, unless it is there for a newer one. */
  fresh(expectation: Expectation): void {
    const name = nameOf(expectation);
    const known = this.keys.get(name);
    if (known !== undefined && known.expectation.version <= expectation.version) this.keys.delete(name);
  }
}

/** For how long it had been stale when it was last looked at, in milliseconds. */
export function staleMs({ sinceMs, checkedAtMs }: StaleKey): number {
  return checkedAtMs - sinceMs;
}

function nameOf({ space, id }: Expectation): string {
  return `${space.name}:${id}`;
}
