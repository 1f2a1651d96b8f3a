import { LRUCache } from 'lru-cache';
import type { Entry } from './record.js';
import type { Ttl } from './step.js';

/** `expiresAtMs` `Infinity`: until told otherwise. */
interface Slot {
  readonly entry: Entry;
  readonly expiresAtMs: number;
}

/** The entries of a store within this process: at most so many, the least used go first. Intents go when they are told to. */
export class MemorySlots {
  private readonly slots: LRUCache<string, Slot>;
  private readonly intents = new Map<string, Slot>();

  constructor(
    maxEntries: number,
    private readonly clock: () => number,
  ) {
    this.slots = new LRUCache({ max: maxEntries });
  }

  get(key: string): Slot | null {
    const slot = this.intents.get(key) ?? this.slots.get(key);
    return slot && slot.expiresAtMs > this.clock() ? slot : null;
  }

  set(key: string, entry: Entry, ttlMs: Ttl): void {
    const slot = { entry, expiresAtMs: this.expiry(ttlMs, this.get(key)?.expiresAtMs ?? Infinity) };
    this.delete(key);
    if (entry.state === 'intent') this.intents.set(key, slot);
    else this.slots.set(key, slot);
  }

  delete(key: string): void {
    this.intents.delete(key);
    this.slots.delete(key);
  }

  clear(): void {
    this.intents.clear();
    this.slots.clear();
  }

  private expiry(ttlMs: Ttl, keptUntilMs: number): number {
    if (ttlMs === 'kept') return keptUntilMs;
    return typeof ttlMs === 'number' ? this.clock() + ttlMs : Math.min(keptUntilMs, this.clock() + ttlMs.atMost);
  }
}
