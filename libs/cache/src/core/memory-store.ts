import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { EntryInvalidation, Tag } from './invalidation.js';
import type { Entry } from './record.js';
import { discard, fill, invalidate, lease, release } from './steps.js';
import type { FillAnswer, FillRequest, LeaseAnswer, LeaseRequest, Step } from './steps.js';
import type { Found, Look, Store } from './store.js';

/** `now` is the store's clock in milliseconds; `maxEntries` entries and as many tags are kept, the least used go first. */
export interface MemoryStoreOptions {
  readonly now?: () => number;
  readonly maxEntries?: number;
}

/** A {@link Store} within this process, running the protocol's step functions themselves. For one process, tests and the embedded start. */
export class MemoryStore implements Store {
  private readonly now: () => number;
  private readonly slots: LRUCache<string, { readonly entry: Entry; readonly expiresAtMs: number }>;
  private readonly tags: LRUCache<Tag, string>;

  constructor({ now = Date.now, maxEntries = 100_000 }: MemoryStoreOptions = {}) {
    this.now = now;
    this.slots = new LRUCache({ max: maxEntries });
    this.tags = new LRUCache({ max: maxEntries });
  }

  look(keys: readonly string[], tags: readonly Tag[]): Promise<Look> {
    return Promise.resolve({
      entries: keys.map((key) => found(this.entryOf(key))),
      tags: tags.map((tag) => this.tags.get(tag) ?? null),
    });
  }

  currentTags(tags: readonly Tag[]): Promise<string[]> {
    return Promise.resolve(tags.map((tag) => this.tags.get(tag) ?? this.createTag(tag)));
  }

  lease(key: string, request: LeaseRequest): Promise<LeaseAnswer> {
    return this.apply(key, lease(this.entryOf(key), request, this.now()));
  }

  fill(key: string, request: FillRequest): Promise<FillAnswer> {
    return this.apply(key, fill(this.entryOf(key), request));
  }

  async release(key: string, token: string, tombstoneMs: number): Promise<void> {
    await this.apply(key, release(this.entryOf(key), token, tombstoneMs));
  }

  async invalidate(entries: readonly EntryInvalidation[], tags: readonly Tag[], tombstoneMs: number): Promise<void> {
    for (const { key, version } of entries) {
      const entry = this.entryOf(key);
      await this.apply(key, version === undefined ? discard(entry) : invalidate(entry, version, tombstoneMs));
    }
    for (const tag of tags) this.tags.delete(tag);
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  /** Forgets everything, as a Redis does that restarts empty. */
  clear(): void {
    this.slots.clear();
    this.tags.clear();
  }

  private entryOf(key: string): Entry | null {
    const slot = this.slots.get(key);
    return slot && slot.expiresAtMs > this.now() ? slot.entry : null;
  }

  private apply<Answer>(key: string, { write, answer }: Step<Answer>): Promise<Answer> {
    if (write === null) this.slots.delete(key);
    else if (write) {
      this.slots.set(key, {
        entry: write.entry,
        expiresAtMs: write.ttlMs === null ? Infinity : this.now() + write.ttlMs,
      });
    }
    return Promise.resolve(answer);
  }

  private createTag(tag: Tag): string {
    const value = randomBytes(12).toString('base64url');
    this.tags.set(tag, value);
    return value;
  }
}

function found(entry: Entry | null): Found {
  if (entry?.state === 'value') return entry;
  return { state: entry?.state === 'intent' ? 'intent' : 'absent' };
}
