import type { Entry, IntentEntry } from './record.js';
import type { Step } from './step.js';

/**
 * The protocol of a strict write: an intent before COMMIT, and its end after it. While an intent stands, reads go to the
 * source and nothing is filled, so that no reader sees less than what was committed when it asked.
 */

/** INTENT: `transaction` is about to commit a change of the key. Whatever is cached goes, leases included; stays until it is struck. */
export function intend(entry: Entry | null, transaction: string): Step<void> {
  const floor = entry === null ? 0 : floorOf(entry);
  const others = entry?.state === 'intent' ? entry.transactions.filter((each) => each !== transaction) : [];
  const transactions = [...others, transaction];
  return { write: { entry: { state: 'intent', floor, transactions }, ttlMs: Infinity }, answer: undefined };
}

/** WITHDRAW: `transaction` is over. Every lease that is granted from then on begins a load that sees what it committed. */
export function withdraw(entry: Entry | null, transaction: string, tombstoneMs: number): Step<void> {
  return entry?.state === 'intent' ? strike(entry, { floor: 0, transaction, tombstoneMs }) : { answer: undefined };
}

/** What ends an intent, or part of it. `floor`: nothing older may be filled. */
export interface Strike {
  readonly floor: number;
  readonly transaction: string | undefined;
  readonly tombstoneMs: number;
}

/** Strikes one transaction from an intent; the last one leaves a tombstone. */
export function strike(entry: IntentEntry, { floor: least, transaction, tombstoneMs }: Strike): Step<void> {
  const floor = Math.max(entry.floor, least);
  const transactions = entry.transactions.filter((each) => each !== transaction);
  return transactions.length > 0
    ? { write: { entry: { state: 'intent', floor, transactions }, ttlMs: Infinity }, answer: undefined }
    : { write: { entry: { state: 'tombstone', floor, lease: null }, ttlMs: tombstoneMs }, answer: undefined };
}

/** The version below which nothing may be filled. */
export function floorOf(entry: Entry): number {
  return entry.state === 'value' ? entry.version : entry.floor;
}
