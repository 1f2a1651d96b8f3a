import type { Clock } from './clock.js';
import { CacheError } from './errors.js';
import type { CacheListener } from './events.js';
import type { GuardedStore } from './guarded-store.js';
import type { Intent } from './invalidation.js';

/** Answers which of these transactions of the database are still in progress; rejects when nobody can tell. */
export type RunningTransactions = (transactions: readonly string[]) => Promise<ReadonlySet<string>>;

/** A strict write that takes longer is asked after: its process may have died. */
const SETTLE_AFTER_MS = 2_000;
/** Keys that are watched at a time; of more, those met later are met again. */
const MAX_WATCHED = 1_000;

export interface IntentsParts {
  readonly store: GuardedStore;
  readonly clock: Clock;
  readonly tombstoneMs: number;
  /** `null`: nobody can be asked, and an intent whose writer has died stands until its event or a writer ends it. */
  readonly running: RunningTransactions | null;
  readonly track: (running: Promise<void>) => void;
  readonly emit: CacheListener;
}

/**
 * Intents of strict writes: placed before COMMIT, ended after it by the write's own invalidation or event. One whose writer
 * died before either is ended by the readers that meet it: when they have seen it for two seconds, they ask the database.
 */
export class Intents {
  private readonly watched = new Set<string>();
  private isOver = false;

  constructor(private readonly parts: IntentsParts) {}

  /** @throws {CacheError} `INTENT_REFUSED` when the store has not placed all of them in time */
  async place(intents: readonly Intent[]): Promise<void> {
    if (intents.length === 0) return;
    try {
      await this.parts.store.insist('intend', (store) => store.intend(intents));
    } catch (cause) {
      this.parts.track(this.withdraw(intents)); // some may be there; those that arrive after this are met by readers
      throw new CacheError('INTENT_REFUSED', 'The store has not placed the intent of a strict write', { cause });
    }
  }

  /** Never throws: what stays is met by readers. */
  async withdraw(intents: readonly Intent[]): Promise<void> {
    if (intents.length === 0) return;
    const { store, tombstoneMs } = this.parts;
    await store.insist('withdraw', (each) => each.withdraw(intents, tombstoneMs)).catch(() => undefined);
  }

  /** A read has met the intents of `transactions`. */
  met(key: string, transactions: readonly string[]): void {
    if (this.isOver || this.parts.running === null) return;
    if (this.watched.has(key) || this.watched.size >= MAX_WATCHED) return;
    this.watched.add(key);
    void this.settleLater(key, transactions);
  }

  close(): void {
    this.isOver = true;
  }

  private async settleLater(key: string, transactions: readonly string[]): Promise<void> {
    await this.parts.clock.sleep(SETTLE_AFTER_MS);
    if (!this.isOver) await this.settle(key, transactions).catch(() => undefined); // met again
    this.watched.delete(key);
  }

  /** A transaction that is over, however it ended, is seen by every load that a lease begins from now on. */
  private async settle(key: string, transactions: readonly string[]): Promise<void> {
    const { store, running, tombstoneMs, emit } = this.parts;
    const found = await store.attempt('inspect', (each) => each.inspect(key));
    const standing = found?.entry?.state === 'intent' ? found.entry.transactions : [];
    const old = transactions.filter((each) => standing.includes(each));
    if (old.length === 0 || running === null) return;
    const inProgress = await running(old);
    const over = old.filter((each) => !inProgress.has(each)).map((transaction) => ({ key, transaction }));
    if (over.length === 0) return;
    await store.insist('withdraw', (each) => each.withdraw(over, tombstoneMs));
    emit({ type: 'settled', count: over.length });
  }
}
