import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { EntryInvalidation, Tag } from './invalidation.js';
import { serviceOf } from './key.js';
import type { Entry } from './record.js';
import { discard, expire, fill, invalidate, lease, put, release } from './steps.js';
import type { FillAnswer, FillRequest, LeaseAnswer, LeaseRequest, PutRequest, Step, Ttl } from './steps.js';
import type { FeedListener, Found, Inspection, Look, Store } from './store.js';

/** `now` is the store's clock in milliseconds; `maxEntries` entries and as many tags are kept, the least used go first. */
export interface MemoryStoreOptions {
  readonly now?: () => number;
  readonly maxEntries?: number;
}

/** `expiresAtMs` `Infinity`: until told otherwise. */
interface Slot {
  readonly entry: Entry;
  readonly expiresAtMs: number;
}

/** A {@link Store} within this process, running the protocol's step functions themselves. For one process, tests and the embedded start. */
export class MemoryStore implements Store {
  private readonly clock: () => number;
  private readonly slots: LRUCache<string, Slot>;
  private readonly tags: LRUCache<Tag, string>;
  private readonly listeners = new Set<{ readonly service: string; readonly listener: FeedListener }>();

  constructor({ now = Date.now, maxEntries = 100_000 }: MemoryStoreOptions = {}) {
    this.clock = now;
    this.slots = new LRUCache({ max: maxEntries });
    this.tags = new LRUCache({ max: maxEntries });
  }

  look(keys: readonly string[], tags: readonly Tag[]): Promise<Look> {
    return Promise.resolve({
      entries: keys.map((key) => found(this.slotOf(key))),
      tags: tags.map((tag) => this.tags.get(tag) ?? null),
    });
  }

  currentTags(tags: readonly Tag[]): Promise<string[]> {
    return Promise.resolve(tags.map((tag) => this.tags.get(tag) ?? this.createTag(tag)));
  }

  lease(key: string, request: LeaseRequest): Promise<LeaseAnswer> {
    return this.apply(key, (entry) => lease(entry, request, this.clock()));
  }

  fill(key: string, request: FillRequest): Promise<FillAnswer> {
    return this.apply(key, (entry) => fill(entry, request));
  }

  async release(key: string, token: string, tombstoneMs: number): Promise<void> {
    await this.apply(key, (entry) => release(entry, token, tombstoneMs));
  }

  async put(key: string, request: PutRequest): Promise<FillAnswer> {
    const answer = await this.apply(key, (entry) => put(entry, request));
    this.announce(key);
    return answer;
  }

  async expire(keys: readonly string[], keepMs: number): Promise<void> {
    for (const key of keys) {
      await this.apply(key, (entry) => expire(entry, keepMs));
      this.announce(key);
    }
  }

  async invalidate(entries: readonly EntryInvalidation[], tags: readonly Tag[], tombstoneMs: number): Promise<void> {
    for (const { key, version } of entries) {
      await this.apply(key, (entry) =>
        version === undefined ? discard(entry) : invalidate(entry, version, tombstoneMs),
      );
      this.announce(key);
    }
    for (const tag of tags) {
      this.tags.delete(tag);
      this.announce(tag);
    }
  }

  inspect(key: string): Promise<Inspection> {
    const slot = this.slotOf(key);
    const nowMs = this.clock();
    const ttlMs = slot && slot.expiresAtMs !== Infinity ? slot.expiresAtMs - nowMs : null;
    return Promise.resolve({ entry: slot?.entry ?? null, ttlMs, nowMs });
  }

  now(): Promise<number> {
    return Promise.resolve(this.clock());
  }

  /** Nothing can be missed within one process. */
  listen(service: string, listener: FeedListener): () => void {
    const registered = { service, listener };
    this.listeners.add(registered);
    listener.caughtUp(Infinity);
    return () => {
      this.listeners.delete(registered);
    };
  }

  /** Forgets everything, as a Redis does that restarts empty. */
  clear(): void {
    this.slots.clear();
    this.tags.clear();
  }

  private slotOf(key: string): Slot | null {
    const slot = this.slots.get(key);
    return slot && slot.expiresAtMs > this.clock() ? slot : null;
  }

  private apply<Answer>(key: string, step: (entry: Entry | null) => Step<Answer>): Promise<Answer> {
    const slot = this.slotOf(key);
    const { write, answer } = step(slot?.entry ?? null);
    if (write === null) this.slots.delete(key);
    else if (write)
      this.slots.set(key, { entry: write.entry, expiresAtMs: this.expiry(write.ttlMs, slot?.expiresAtMs ?? Infinity) });
    return Promise.resolve(answer);
  }

  private expiry(ttlMs: Ttl, keptUntilMs: number): number {
    if (ttlMs === 'kept') return keptUntilMs;
    return typeof ttlMs === 'number' ? this.clock() + ttlMs : Math.min(keptUntilMs, this.clock() + ttlMs.atMost);
  }

  private announce(key: string): void {
    const service = serviceOf(key);
    for (const each of this.listeners) if (each.service === service) each.listener.heard(key);
  }

  private createTag(tag: Tag): string {
    const value = randomBytes(12).toString('base64url');
    this.tags.set(tag, value);
    return value;
  }
}

function found(slot: Slot | null): Found {
  if (slot?.entry.state === 'value') return slot.entry;
  return { state: slot?.entry.state === 'intent' ? 'intent' : 'absent' };
}
