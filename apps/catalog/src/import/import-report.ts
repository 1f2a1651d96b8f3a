/** A row that was not taken, and why. `line` is the number of its first line in the file, from 1. */
export interface RefusedRow {
  readonly line: number;
  readonly reason: string;
}

/** What came of an import. `inserted + updated + unchanged + refused.length` is `rows`. */
export interface ImportReport {
  /** Rows read; the header is none. */
  readonly rows: number;
  readonly inserted: number;
  readonly updated: number;
  /** Rows that the catalogue already had, as they are. */
  readonly unchanged: number;
  readonly refused: readonly RefusedRow[];
  /** How many categories the rows name, by level: roots, their children, their grandchildren. */
  readonly categories: readonly [number, number, number];
  /** Whether it was stopped before the end of the file. */
  readonly interrupted: boolean;
  /** Whether caches were told of each change as it was made; otherwise they hear of some by their events only. */
  readonly announced: boolean;
}

/** The file as a whole cannot be imported. The message says the remedy. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}
