import type { History } from './history.js';

/** Of one process and one row: what it must not read any more, whatever others may. */
export interface Knowledge {
  /** By invalidations of its own that have finished or wait. */
  own: number;
  ownFresh: number;
  /** Waiting for the store. */
  owed: number;
  /** By what it has heard. */
  heard: number;
  /** By what it has read. */
  readonly seen: number[];
}

/** That of a process which has done nothing yet. */
export const noKnowledge = (): Knowledge => ({ own: 0, ownFresh: 0, owed: 0, heard: 0, seen: [] });

/** What a process knows of a change that it has made known, and others if it does not wait. */
export function note(
  known: Knowledge,
  row: History,
  { version, pending, expiring }: { version: number; pending: boolean; expiring: boolean },
): void {
  raise(known, 'ownFresh', version);
  if (pending || !expiring) raise(known, 'own', version);
  if (pending) raise(known, 'owed', version);
  else if (expiring) row.expire(version);
  else row.settle(version);
}

/** Notes a version, unless a newer one is known. */
export function raise(known: Knowledge, what: 'own' | 'ownFresh' | 'owed' | 'heard', version: number): void {
  known[what] = Math.max(known[what], version);
}
