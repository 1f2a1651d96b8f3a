import type { GuardedStore } from './guarded-store.js';
import type { Tag } from './invalidation.js';
import type { StoreClock } from './store-clock.js';
import type { Found, Look, Store } from './store.js';

/** What one caller is told: its entries and tag values in its order; `null` if the store cannot be used. */
type Answer = (look: Look | null) => void;

interface Asked {
  readonly first: number;
  readonly count: number;
  readonly tags: readonly number[];
  readonly answer: Answer;
}

/** Longer answers would let the callers at the front wait for those at the back. */
const MAX_KEYS = 256;

/** All looks of one turn of the event loop, in one round trip with one deadline. */
export class LookBatch {
  private keys: string[] = [];
  private tags = new Map<Tag, number>();
  private asked: Asked[] = [];

  constructor(
    private readonly store: GuardedStore,
    private readonly clock: StoreClock,
  ) {}

  /** Resolves with what was found after the call, or with `null` if the store cannot be used now. */
  look(keys: readonly string[], tags: readonly Tag[]): Promise<Look | null> {
    return new Promise((answer) => {
      // After all that runs now, but before the next input: readers that an answer has woken ask together.
      if (this.asked.length === 0) process.nextTick(this.flush);
      this.asked.push({
        first: this.keys.length,
        count: keys.length,
        tags: tags.map((tag) => this.place(tag)),
        answer,
      });
      for (const key of keys) this.keys.push(key);
      if (this.keys.length >= MAX_KEYS) this.flush();
    });
  }

  private place(tag: Tag): number {
    const known = this.tags.get(tag);
    if (known !== undefined) return known;
    this.tags.set(tag, this.tags.size);
    return this.tags.size - 1;
  }

  private readonly flush = (): void => {
    const { keys, asked } = this;
    if (asked.length === 0) return;
    const tags = [...this.tags.keys()];
    this.keys = [];
    this.tags = new Map();
    this.asked = [];
    void this.send(keys, tags, asked);
  };

  private async send(keys: readonly string[], tags: readonly Tag[], asked: readonly Asked[]): Promise<void> {
    const look = await this.store.attempt('look', (store) => this.seek(store, keys, tags));
    for (const { first, count, tags: places, answer } of asked) answer(look && part(look, first, count, places));
  }

  /** Asks for the store's time as well, if it is due: in the same round trip. */
  private async seek(store: Store, keys: readonly string[], tags: readonly Tag[]): Promise<Look> {
    if (!this.clock.isDue) return store.look(keys, tags);
    const [look] = await Promise.all([store.look(keys, tags), this.clock.renew(() => store.now())]);
    return look;
  }
}

function part({ entries, tags }: Look, first: number, count: number, places: readonly number[]): Look {
  const found: readonly Found[] = count === entries.length ? entries : entries.slice(first, first + count);
  return { entries: found, tags: places.map((place) => tags[place] ?? null) };
}
