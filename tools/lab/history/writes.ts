/** One committed change of a row. Instants are microseconds of the laboratory's clock. */
export interface WriteRecord {
  /** The key's number. */
  readonly key: number;
  /** The version that the database gave; versions of a key rise in the order of their commits. */
  readonly version: number;
  readonly startUs: number;
  /** When the database had confirmed the commit: it happened at this instant or before. */
  readonly commitUs: number;
  /** When the writer had its answer; `null` if it never got one, or did not ask the cache for any. */
  readonly acknowledgedUs: number | null;
}

/**
 * The changes of one key as the checker asks about them. What was there before the run counts as a change that was
 * acknowledged before it began.
 */
export class KeyTimeline {
  /** Rising. */
  private readonly versions: readonly number[];
  private readonly commits: readonly number[];
  private readonly committed: Steps;
  private readonly acknowledged: Steps;

  constructor(initialVersion: number, writes: readonly WriteRecord[]) {
    const first = { version: initialVersion, commitUs: -Infinity, acknowledgedUs: -Infinity };
    const all = [first, ...writes].sort((one, other) => one.version - other.version);
    this.versions = all.map(({ version }) => version);
    this.commits = all.map(({ commitUs }) => commitUs);
    this.committed = stepsOf(all.map(({ version, commitUs }) => ({ version, atUs: commitUs })));
    this.acknowledged = stepsOf(
      all.flatMap(({ version, acknowledgedUs: atUs }) => (atUs === null ? [] : [{ version, atUs }])),
    );
  }

  /** The newest version whose writer had its answer before `atUs`. */
  acknowledgedBefore(atUs: number): number {
    return newestBefore(this.acknowledged, atUs);
  }

  /** The newest version whose commit was confirmed before `atUs`. */
  committedBefore(atUs: number): number {
    return newestBefore(this.committed, atUs);
  }

  /** The change that made `version` old; `null` if none has. */
  successorOf(version: number): { readonly version: number; readonly commitUs: number } | null {
    const index = firstIndex(this.versions, (each) => each > version);
    const next = this.versions[index];
    return next === undefined ? null : { version: next, commitUs: this.commits[index] as number };
  }

  /** Whether the database ever gave that version. */
  has(version: number): boolean {
    return this.versions[firstIndex(this.versions, (each) => each >= version)] === version;
  }

  /** The newest version of all. */
  get newest(): number {
    return this.versions.at(-1) as number;
  }
}

/** Instants, rising, and the newest version of all that happened up to each. */
interface Steps {
  readonly instants: readonly number[];
  readonly newest: readonly number[];
}

function stepsOf(events: readonly { version: number; atUs: number }[]): Steps {
  const byTime = [...events].sort((one, other) => one.atUs - other.atUs);
  let newest = 0;
  return {
    instants: byTime.map(({ atUs }) => atUs),
    newest: byTime.map(({ version }) => (newest = Math.max(newest, version))),
  };
}

/** What happened at `atUs` itself did not happen before it. */
function newestBefore({ instants, newest }: Steps, atUs: number): number {
  return newest[firstIndex(instants, (each) => each >= atUs) - 1] ?? 0;
}

/** The first index whose number satisfies `holds`, the length if none does; those after it must, too. */
function firstIndex(numbers: readonly number[], holds: (each: number) => boolean): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(numbers[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return low;
}
