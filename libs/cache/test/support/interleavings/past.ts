import type { LRUCache } from 'lru-cache';
import type { MemoryStore, Store, StoreBatch } from '../../../src/index.js';

/** What a store in memory keeps; nobody but this test may know. */
interface Kept {
  readonly slots: { readonly slots: LRUCache<string, object>; readonly intents: Map<string, object> };
  readonly tags: LRUCache<string, string>;
  readonly chains: Map<string, object>;
}

/** How many of its last changes a store can lose. */
const DEPTH = 4;
/** Before these it is worth remembering: what is lost of anything else is lost by an eviction as well. */
const CHANGES: readonly (keyof Store)[] = ['applyBatch', 'restartChain'];

/** What a store was before each of its last changes: what a replica is that was promoted before they reached it. */
export class Past {
  private readonly moments: (() => void)[] = [];
  /** The same store, whose changes are noted. */
  readonly store: Store;

  constructor(private readonly memory: MemoryStore) {
    this.store = new Proxy<Store>(memory, {
      get: (_, name: keyof Store) => {
        const command = memory[name].bind(memory) as (...args: unknown[]) => unknown;
        if (!CHANGES.includes(name)) return command;
        return (...args: unknown[]): unknown => {
          if (!isBeat(args[1])) this.note();
          return command(...args);
        };
      },
    });
  }

  /** The store loses so many of its last changes, as far as they are known, and all that came after. */
  goBack(changes: number): void {
    const at = Math.max(0, this.moments.length - changes);
    this.moments[at]?.();
    this.moments.splice(at);
  }

  private note(): void {
    const { slots, tags, chains } = this.memory as unknown as Kept;
    const was = { slots: slots.slots.dump(), intents: [...slots.intents], tags: tags.dump(), chains: [...chains] };
    this.moments.push(() => {
      slots.slots.load(was.slots);
      tags.load(was.tags);
      refill(slots.intents, was.intents);
      refill(chains, was.chains);
    });
    if (this.moments.length > DEPTH) this.moments.shift();
  }
}

function isBeat(batch: unknown): boolean {
  return typeof batch === 'object' && (batch as StoreBatch).after === (batch as StoreBatch).upTo;
}

function refill<Value>(map: Map<string, Value>, entries: readonly (readonly [string, Value])[]): void {
  map.clear();
  for (const [key, value] of entries) map.set(key, value);
}
