import { isDeepStrictEqual } from 'node:util';

/** What a row is at one version: its value as a load returns it, `null` where it is deleted. */
type Encode = (version: number) => unknown;

interface Event {
  readonly atMs: number;
  readonly version: number;
}

/** What may be read of one row, as far as its writers know: the versions that were committed, invalidated, expired. */
export class History {
  private readonly deleted = new Set<number>();
  private readonly invalidations: Event[] = [];
  private readonly expiries: Event[] = [];
  private readonly commits: Event[] = [];
  /** The newest version in the database. */
  committed = 1;

  constructor(
    readonly id: string,
    private readonly encode: Encode,
  ) {}

  /** The version of a new change. */
  commit(kind: 'change' | 'deletion' = 'change'): number {
    this.committed++;
    if (kind === 'deletion') this.deleted.add(this.committed);
    this.commits.push({ atMs: performance.now(), version: this.committed });
    return this.committed;
  }

  /** An invalidation of all before `version` has finished. */
  settle(version: number): void {
    this.invalidations.push({ atMs: performance.now(), version });
  }

  /** All before `version` was told to be out of date. */
  expire(version: number): void {
    this.expiries.push({ atMs: performance.now(), version });
  }

  /** The oldest version that may be read at all. */
  settled(beforeMs = Infinity): number {
    return newest(this.invalidations, beforeMs);
  }

  /** The oldest version that may be read as a fresh one. */
  fresh(beforeMs = Infinity): number {
    return Math.max(this.settled(beforeMs), newest(this.expiries, beforeMs));
  }

  /** The newest version that had been committed by then. */
  committedBefore(beforeMs: number): number {
    return newest(this.commits, beforeMs);
  }

  valueAt(version: number): unknown {
    return this.deleted.has(version) ? null : this.encode(version);
  }

  /** Whether the value is that of some version of at least `floor`. */
  has(value: unknown, floor: number): boolean {
    for (let version = floor; version <= this.committed; version++) {
      if (isDeepStrictEqual(this.valueAt(version), value)) return true;
    }
    return false;
  }
}

function newest(events: readonly Event[], beforeMs: number): number {
  return Math.max(1, ...events.filter(({ atMs }) => atMs < beforeMs).map(({ version }) => version));
}
