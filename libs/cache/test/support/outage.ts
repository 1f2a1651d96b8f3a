import type { Cluster, Redis } from 'ioredis';

/** A store, and how a test breaks and mends it. */
export interface Outage {
  readonly name: string;
  readonly connect: () => Redis | Cluster;
  readonly strike: () => unknown;
  readonly mend: () => unknown;
  /** Whether the processes keep rows within themselves too. */
  readonly l1: boolean;
}

/**
 * What one outage cost. Durations in milliseconds, without what the machine held this process up; those of reads are over
 * the time of their own load.
 */
export interface Toll {
  readonly outage: string;
  /** The slowest of the first six reads. */
  readonly firstMs: number;
  /** Of the reads after those, one after the other. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly reads: number;
  readonly hits: number;
  /** Of the reads of rows that nobody changes, the share that were hits. */
  readonly steadyHits: number;
  /** What reached the source, and how much of it at the same time. */
  readonly loads: number;
  readonly loadsAtOnce: number;
  /** Asked for during the outage, and how many of them had to wait for its end. */
  readonly invalidations: number;
  readonly pending: number;
  /** Rows that the store held in an old version when nothing was pending any more, and invalidations that were given up. */
  readonly lost: number;
  /** Reads, from the strike on, of less than what was acknowledged or, by the process that made the change, committed. */
  readonly stale: number;
  /** From the strike until the reader has switched its own tier off; `null` without one. */
  readonly l1OffMs: number | null;
  /** From the mending until both processes hit everything, each in its newest version. */
  readonly backMs: number;
}
