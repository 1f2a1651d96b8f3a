import { z } from 'zod';
import { Cache } from '../../src/core/cache.js';
import type { CacheOptions } from '../../src/core/cache-options.js';
import { StoreRefusal } from '../../src/core/errors.js';
import type { CacheEvent } from '../../src/core/events.js';
import { MemoryStore } from '../../src/core/memory-store.js';
import { defineSpace } from '../../src/core/define-space.js';
import type { Store } from '../../src/core/store.js';
import { tag } from '../../src/core/tag.js';

/** Numbers that are their own versions. */
export const rows = defineSpace({
  service: 'shop',
  entity: 'row',
  value: z.coerce.number(),
  version: Number,
  ttlMs: 60_000,
});
/** What lists of them are invalidated by. */
export const label = tag('shop', 'members', 'all');

/** A memory store whose connection can be cut. */
export class CuttableStore extends MemoryStore {
  cut = false;
  frozen = false;
  /** Whether it refuses whatever would need room. */
  full = false;
  /** What an answer waits for on its way back. */
  delay: Promise<unknown> = Promise.resolve();
  looks = 0;
  pings = 0;

  override look(...args: Parameters<Store['look']>): ReturnType<Store['look']> {
    this.looks++;
    if (this.frozen) return new Promise(() => undefined);
    const found = super.look(...args);
    return this.cut ? Promise.reject(new Error('cut')) : this.delay.then(() => found);
  }

  override currentTags(...args: Parameters<Store['currentTags']>): ReturnType<Store['currentTags']> {
    return this.full ? Promise.reject(new StoreRefusal('full')) : super.currentTags(...args);
  }

  override lease(...args: Parameters<Store['lease']>): ReturnType<Store['lease']> {
    return this.full ? Promise.reject(new StoreRefusal('full')) : super.lease(...args);
  }

  override now(): Promise<number> {
    this.pings++;
    if (this.frozen) return new Promise(() => undefined);
    return this.cut ? Promise.reject(new Error('cut')) : super.now();
  }

  override invalidate(...args: Parameters<Store['invalidate']>): Promise<void> {
    return this.cut ? Promise.reject(new Error('cut')) : super.invalidate(...args);
  }
}

/** A cache whose store is left alone after three failures, and asked again at once. */
export function setUp(more: Partial<CacheOptions> = {}): { store: CuttableStore; cache: Cache; events: CacheEvent[] } {
  const events: CacheEvent[] = [];
  const store = new CuttableStore();
  const cache = new Cache({ store, breakAfter: 3, probeAfterMs: 1, onEvent: (event) => events.push(event), ...more });
  return { store, cache, events };
}

/** Waits for something that happens in the background, by the clock: a quiet machine takes thousands of turns in no time. */
export async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadlineMs = performance.now() + 4_000;
  while (performance.now() < deadlineMs) {
    if (await condition()) return;
    await new Promise(setImmediate);
  }
  throw new Error('It has not happened');
}
