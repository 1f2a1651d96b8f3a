import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { link, type LinkAnswer } from './chain-steps.js';
import { intend, withdraw } from './intent-steps.js';
import type { EntryInvalidation, Intent, Tag } from './invalidation.js';
import { serviceOf } from './key.js';
import { MemorySlots } from './memory-slots.js';
import type { Entry } from './record.js';
import { discard, expire, fill, invalidate, lease, put, release } from './steps.js';
import type { Step } from './step.js';
import type { FillAnswer, FillRequest, InvalidateRequest, LeaseAnswer, LeaseRequest, PutRequest } from './steps.js';
import type { FeedListener, Found, Inspection, Look, Store, StoreBatch } from './store.js';

/** `now` is the store's clock in milliseconds; `maxEntries` entries and as many tags are kept, the least used go first. */
export interface MemoryStoreOptions {
  readonly now?: () => number;
  readonly maxEntries?: number;
}

/** How far a service's chain is applied. */
interface Chain {
  readonly at: number;
  readonly asOfMs: number | null;
}

/** A {@link Store} within this process, running the protocol's step functions themselves. For one process, tests and the embedded start. */
export class MemoryStore implements Store {
  private readonly clock: () => number;
  private readonly slots: MemorySlots;
  private readonly chains = new Map<string, Chain>();
  private readonly tags: LRUCache<Tag, string>;
  private readonly listeners = new Set<{ readonly service: string; readonly listener: FeedListener }>();

  constructor({ now = Date.now, maxEntries = 100_000 }: MemoryStoreOptions = {}) {
    this.clock = now;
    this.slots = new MemorySlots(maxEntries, now);
    this.tags = new LRUCache({ max: maxEntries });
  }

  look(keys: readonly string[], tags: readonly Tag[], services: readonly string[] = []): Promise<Look> {
    return Promise.resolve({
      entries: keys.map((key) => found(this.slots.get(key)?.entry)),
      tags: tags.map((tag) => this.tags.get(tag) ?? null),
      certificates: services.map((service) => this.chains.get(service)?.asOfMs ?? null),
    });
  }

  currentTags(tags: readonly Tag[]): Promise<string[]> {
    return Promise.resolve(tags.map((tag) => this.tags.get(tag) ?? this.createTag(tag)));
  }

  lease(key: string, request: LeaseRequest): Promise<LeaseAnswer> {
    return Promise.resolve(this.apply(key, (entry) => lease(entry, request, this.clock())));
  }

  fill(key: string, request: FillRequest): Promise<FillAnswer> {
    return Promise.resolve(this.apply(key, (entry) => fill(entry, request)));
  }

  release(key: string, token: string, tombstoneMs: number): Promise<void> {
    this.apply(key, (entry) => release(entry, token, tombstoneMs));
    return Promise.resolve();
  }

  put(key: string, request: PutRequest): Promise<FillAnswer> {
    const answer = this.apply(key, (entry) => put(entry, request));
    this.announce(key);
    return Promise.resolve(answer);
  }

  expire(keys: readonly string[], keepMs: number): Promise<void> {
    for (const key of keys) {
      this.apply(key, (entry) => expire(entry, keepMs));
      this.announce(key);
    }
    return Promise.resolve();
  }

  invalidate(entries: readonly EntryInvalidation[], tags: readonly Tag[], tombstoneMs: number): Promise<void> {
    for (const { key, ...request } of entries) {
      this.apply(key, (entry) => invalidateOrDiscard(entry, { ...request, tombstoneMs }));
      this.announce(key);
    }
    this.retire(tags);
    return Promise.resolve();
  }

  intend(intents: readonly Intent[]): Promise<void> {
    for (const { key, transaction } of intents) {
      this.apply(key, (entry) => intend(entry, transaction));
      this.announce(key);
    }
    return Promise.resolve();
  }

  withdraw(intents: readonly Intent[], tombstoneMs: number): Promise<void> {
    for (const { key, transaction } of intents) {
      this.apply(key, (entry) => withdraw(entry, transaction, tombstoneMs));
    }
    return Promise.resolve();
  }

  /** At once: a look must not see the certificate of a batch and only some of its entries gone. */
  applyBatch(service: string, batch: StoreBatch, tombstoneMs: number): Promise<LinkAnswer> {
    const chain = this.chains.get(service);
    const answer = link(chain?.at ?? null, batch);
    if (answer.kind !== 'applied') return Promise.resolve(answer);
    const applied = this.invalidate(batch.entries, batch.tags, tombstoneMs);
    this.chains.set(service, { at: batch.upTo, asOfMs: batch.asOfMs ?? chain?.asOfMs ?? null });
    if (batch.asOfMs !== null) this.certify(service, batch.asOfMs);
    return applied.then(() => answer);
  }

  restartChain(service: string, at: number, tags: readonly Tag[]): Promise<void> {
    this.retire(tags);
    this.chains.set(service, { at, asOfMs: null });
    return Promise.resolve();
  }

  inspect(key: string): Promise<Inspection> {
    const slot = this.slots.get(key);
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
    this.chains.clear();
  }

  private apply<Answer>(key: string, step: (entry: Entry | null) => Step<Answer>): Answer {
    const { write, answer } = step(this.slots.get(key)?.entry ?? null);
    if (write === null) this.slots.delete(key);
    else if (write) this.slots.set(key, write.entry, write.ttlMs);
    return answer;
  }

  private retire(tags: readonly Tag[]): void {
    for (const tag of tags) {
      this.tags.delete(tag);
      this.announce(tag);
    }
  }

  private certify(service: string, asOfMs: number): void {
    for (const each of this.listeners) if (each.service === service) each.listener.certified(asOfMs);
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

function found(entry: Entry | undefined): Found {
  return entry?.state === 'value' || entry?.state === 'intent' ? entry : { state: 'absent' };
}

function invalidateOrDiscard(entry: Entry | null, { version, ...request }: InvalidateRequest): Step<void> {
  return version === undefined ? discard(entry, request) : invalidate(entry, { version, ...request });
}
