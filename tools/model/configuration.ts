/** The levels of freshness that are explored. */
export const LEVELS = ['eventual', 'acknowledged', 'strict', 'bounded'] as const;
export type Level = (typeof LEVELS)[number];

/** What is held a read to, see promises.ts. */
export type PromiseName =
  'delivered' | 'caught up' | 'acknowledged' | 'committed' | 'certified' | 'certified in the process';

/** How much happens at most: writes, and readers that are at work at a time, any number of times each. */
export interface Bounds {
  readonly commits: number;
  readonly fillers: number;
}

/** Who takes part, what may go wrong, and what must hold all the same. */
export interface Configuration {
  readonly name: string;
  readonly level: Level;
  readonly promise: PromiseName;
  /** What is taken for granted, for people to read. */
  readonly assumes: string;
  /** `with absences`: every second version is a deletion, and what is cached of it has no version of its own. */
  readonly rows: 'versioned' | 'unversioned' | 'with absences';
  /** `past the cache`: they only commit, as by psql. */
  readonly writers: 'acknowledging' | 'strict' | 'past the cache';
  readonly clears: 'key' | 'tag';
  readonly puts: boolean;
  /** Whether values are loaded anew while they are served. */
  readonly refreshes: boolean;
  /** Whether reads of a process share loads. */
  readonly joins: boolean;
  /** Whether readers give up: they die in any case. */
  readonly givesUp: boolean;
  /** Whether a LEASE may be executed once more after its answer was read. */
  readonly leasesAgain: boolean;
  readonly hasChain: boolean;
  readonly hasReplica: boolean;
  readonly hasTier: boolean;
  readonly emptyRestarts: 'at any time' | 'but between intent and COMMIT' | 'never';
  readonly small: Bounds;
  readonly full: Bounds;
}
