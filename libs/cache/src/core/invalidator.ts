import { CacheError } from './errors.js';
import type { CacheListener } from './events.js';
import type { GuardedStore } from './guarded-store.js';
import type { EntryInvalidation, Invalidation, Tag } from './invalidation.js';
import { isGeneration } from './key.js';
import type { Notes } from './notes.js';
import { PendingInvalidations } from './pending-invalidations.js';
import type { FillAnswer, PutRequest } from './steps.js';

export interface InvalidatorParts {
  readonly store: GuardedStore;
  readonly notes: Notes;
  readonly emit: CacheListener;
  /** How long an invalidated key remembers its floor, in milliseconds. */
  readonly tombstoneMs: number;
  /** Invalidations that may wait for the store, at most. */
  readonly maxPending: number;
  /** Takes a key, or all keys with a tag, out of the process's own tier. */
  readonly forget: (key: string) => void;
}

/** Makes what changes have made obsolete unservable: at once if the store answers, otherwise as soon as it does. */
export class Invalidator {
  readonly pending: PendingInvalidations;

  constructor(private readonly parts: InvalidatorParts) {
    this.pending = new PendingInvalidations({
      limit: parts.maxPending,
      send: (invalidation) => this.send(invalidation),
      onApplied: (invalidation) => {
        this.report(invalidation, 'applied');
      },
      onOverflow: (generation) => {
        parts.emit({ type: 'retired', space: spaceName(generation), reason: 'overflow' });
      },
    });
  }

  /** @throws {CacheError} `INVALIDATION_PENDING`, `INVALIDATION_LOST` */
  async invalidate(entries: readonly EntryInvalidation[], tags: readonly Tag[]): Promise<void> {
    if (entries.length === 0 && tags.length === 0) return;
    const invalidation = { entries, tags };
    await this.orQueue(invalidation, () => this.send(invalidation));
  }

  /** What the store cannot mark as out of date now is invalidated when it can. @throws as {@link invalidate} */
  async expire(entries: readonly EntryInvalidation[], keepMs: number): Promise<void> {
    const keys = entries.map(({ key }) => key);
    await this.orQueue({ entries, tags: [] }, () =>
      this.parts.store.insist('expire', (store) => store.expire(keys, keepMs)),
    );
  }

  /** An {@link invalidate} of `entry` that puts the new value in the place of an older one. @throws as {@link invalidate} */
  async put(entry: EntryInvalidation, request: Omit<PutRequest, 'tombstoneMs'>): Promise<FillAnswer> {
    const { store, tombstoneMs } = this.parts;
    return this.orQueue({ entries: [entry], tags: [] }, () =>
      store.insist('put', (each) => each.put(entry.key, { ...request, tombstoneMs })),
    );
  }

  /** Gives waiting invalidations a last try until `giveUp` resolves; what the store has not applied by then is dropped. */
  async close(giveUp: (tried: Promise<void>) => Promise<unknown>): Promise<void> {
    await giveUp(this.pending.close());
    const { entries, tags } = this.pending.giveUp();
    if (entries + tags > 0) this.tell(entries, tags, 'dropped');
  }

  private async send({ entries, tags }: Invalidation): Promise<void> {
    await this.parts.store.insist('invalidate', (store) => store.invalidate(entries, tags, this.parts.tombstoneMs));
    this.forget({ entries, tags });
  }

  private async orQueue<Result>(invalidation: Invalidation, apply: () => Promise<Result>): Promise<Result> {
    for (const { key, version } of invalidation.entries) this.parts.notes.invalidated(key, version);
    this.forget(invalidation);
    try {
      const result = await apply();
      // Once more: a read that began before it was applied may have kept the old value meanwhile.
      this.forget(invalidation);
      this.report(invalidation, 'applied');
      for (const tag of invalidation.tags) this.reportRetired(tag);
      return result;
    } catch (cause) {
      this.forget(invalidation); // as above: from now on nothing of it is served, whether it waits or not
      this.queue(invalidation, cause);
      throw new CacheError('INVALIDATION_PENDING', 'The store has not applied the invalidation yet', { cause });
    }
  }

  private queue(invalidation: Invalidation, cause: unknown): void {
    try {
      this.pending.add(invalidation, cause);
    } catch (error) {
      this.report(invalidation, 'rejected');
      throw error;
    }
    this.report(invalidation, 'queued');
  }

  private forget({ entries, tags }: Invalidation): void {
    for (const { key } of entries) this.parts.forget(key);
    for (const tag of tags) this.parts.forget(tag);
  }

  private reportRetired(tag: Tag): void {
    if (isGeneration(tag)) this.parts.emit({ type: 'retired', space: spaceName(tag), reason: 'asked' });
  }

  private report({ entries, tags }: Invalidation, result: 'applied' | 'queued' | 'rejected'): void {
    this.tell(entries.length, tags.length, result);
  }

  private tell(entries: number, tags: number, result: 'applied' | 'queued' | 'rejected' | 'dropped'): void {
    this.parts.emit({ type: 'invalidation', entries, tags, result, pending: this.pending.size });
  }
}

/** `service:entity` of `service:generation:entity`. */
function spaceName(generation: Tag): string {
  return generation.replace(':generation:', ':');
}
