import type { Level } from './levels.js';

/** What is cached: a row of the database, as `load` reads it. It survives JSON. */
export interface Row {
  readonly key: string;
  /** Rises with each change of the row; the database gives it. */
  readonly version: number;
  /** When it was read from the database, in microseconds; by it the laboratory tells a hit from a load. To be kept as it is. */
  readonly readAtUs: number;
  /** Ballast of some hundred bytes, so that an entry has the size of an entry. */
  readonly text: string;
}

/** A change that a transaction makes. */
export interface Change {
  readonly key: string;
  /** The version that the row has after it. */
  readonly version: number;
  /** The transaction's number in PostgreSQL (an xid8), in decimal. */
  readonly transaction: string;
  /** The row after it, for caches that write through. */
  readonly row: Row;
}

/**
 * Changes the row and commits; to be called once by each write. `beforeCommit` runs when the row is changed and locked, and
 * not yet committed: if it rejects, the change is rolled back, and so is the write, without harm.
 */
export type Commit = (beforeCommit?: (change: Change) => Promise<void>) => Promise<Change>;

/** What a cache under test gets to work with. */
export interface LabConnection {
  /** The way to Redis, through which the faults come. The server behind it may change, as after a failover. */
  readonly redis: { readonly host: string; readonly port: number };
  /** Reads a row from the database: always what is committed now. Some calls take 5 to 50 ms longer, after the row was read. */
  readonly load: (key: string) => Promise<Row>;
  /** Which of these transactions of PostgreSQL are still in progress. */
  readonly inProgress: (transactions: readonly string[]) => Promise<ReadonlySet<string>>;
  /** How old a hit may be at the level `bounded`, in milliseconds. */
  readonly boundMs: number;
  /** The table that the rows are in. */
  readonly table: 'products' | 'stock';
  /** Which form of itself a module with several is to connect. */
  readonly variant?: string | undefined;
}

/** What a reader knows. */
export interface Reader {
  /** The newest version of the key that this reader has seen; 0 if none. A session may ask for no less. */
  readonly minVersion: number;
}

/** A cache under test, within one of several processes. Its methods are called concurrently. */
export interface CacheUnderTest {
  /** The row of `key`, cached or loaded. Rejecting is counted as a failed read, and is not a stale one. */
  readonly read: (key: string, reader: Reader) => Promise<Row>;
  /**
   * Calls `commit`, and does with the cache what is to be done before and after. When it resolves, the write counts as
   * acknowledged; when it rejects after the commit, as committed and never acknowledged.
   */
  readonly write: (key: string, commit: Commit) => Promise<unknown>;
  /** Closes its connections. */
  readonly close: () => Promise<void>;
}

/** What a module for `--adapter` exports. */
export interface Adapter {
  /** Called once in each process. */
  connect(lab: LabConnection): Promise<CacheUnderTest> | CacheUnderTest;
  /** What the tables call it; its file name unless given. */
  readonly label?: string;
  /** What it promises: a violation fails the run. Nothing unless given. */
  readonly level?: Level;
  /** Whether it promises that no reader goes back behind what it has seen. */
  readonly sessions?: boolean;
}

/** @throws {Error} saying what the module lacks */
export function asAdapter(module: Readonly<Record<string, unknown>>, file: string): Adapter {
  if (typeof module['connect'] === 'function') return module as unknown as Adapter;
  throw new Error(`${file} exports no function "connect"; see docs/test-your-own-cache.md`);
}
