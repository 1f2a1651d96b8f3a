/** What a read should not have returned, as a person may follow it. Instants in milliseconds since the row began. */
export interface Example {
  readonly process: number;
  readonly session: number;
  readonly key: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly outcome: 'hit' | 'load';
  /** What was returned. */
  readonly version: number;
  /** What should have been returned, at least. */
  readonly expected: number;
  /** How long ago the version that was returned had become old, in milliseconds, when the read began. */
  readonly staleMs: number;
}

/** A count and the first few that were counted. */
export interface Violations {
  readonly count: number;
  readonly examples: readonly Example[];
}

/** A stretch of the row's time. */
export interface Bin {
  readonly fromMs: number;
  readonly reads: number;
  /** Reads that began after the version which they returned had become old. */
  readonly stale: number;
  readonly failed: number;
  /** The largest age of a hit past the commit that made it old, in milliseconds; 0 when all were fresh. */
  readonly maxStaleMs: number;
}

/** What a history shows. It is plain data: it goes into the report and into JSON as it is. */
export interface Findings {
  readonly reads: number;
  readonly hits: number;
  readonly loads: number;
  readonly failed: number;
  readonly writes: number;
  /** Writes that never had an answer of the cache. */
  readonly unacknowledged: number;
  /** Reads older than a version whose write was acknowledged before they began. */
  readonly staleAfterAcknowledge: Violations;
  /** Reads older than a version whose commit was confirmed before they began. */
  readonly olderThanCommitted: Violations;
  /** Hits older than the bound: what they returned had become old longer ago, when they began. */
  readonly beyondBound: Violations;
  /** Reads older than what their own reader had seen of the key before. */
  readonly wentBack: Violations;
  /** Reads of versions that the database never gave. Not a matter of levels: the adapter is wrong. */
  readonly unknownVersions: Violations;
  /** Of hits, in milliseconds. */
  readonly maxStaleMs: number;
  readonly bins: readonly Bin[];
  /** For each write, rising: how long after its commit a hit that returned something older still began, in milliseconds; 0 if none did. */
  readonly commitToGoneMs: readonly number[];
}
