import type { GuardedStore } from './guarded-store.js';
import type { Tag } from './invalidation.js';
import type { StoreClock } from './store-clock.js';
import type { Found, Store } from './store.js';

/** What one caller is told, in its order. */
export interface Sight {
  readonly entries: readonly Found[];
  /** Tags that did not exist have been created. */
  readonly tags: readonly string[];
}

/** `first` and `count`: where its keys stand in the batch. */
interface Asked {
  readonly first: number;
  readonly count: number;
  readonly tags: readonly number[];
  readonly answer: (sight: Sight | null) => void;
}

/** Longer answers would let the callers at the front wait for those at the back. */
const MAX_KEYS = 256;

/** All looks of one turn of the event loop, in one round trip with one deadline. */
export class LookBatch {
  private keys: string[] = [];
  /** Of those that were asked for alone: many ask for a hot key at the same time. */
  private readonly places = new Map<string, number>();
  private tags = new Map<Tag, number>();
  private asked: Asked[] = [];

  constructor(
    private readonly store: GuardedStore,
    private readonly clock: StoreClock,
  ) {}

  /** Resolves with what was found after the call, or with `null` if the store cannot be used now. */
  look(keys: readonly string[], tags: readonly Tag[]): Promise<Sight | null> {
    return new Promise((answer) => {
      // After all that runs now, but before the next input: readers that an answer has woken ask together.
      if (this.asked.length === 0) process.nextTick(this.flush);
      this.asked.push({
        first: this.placeOf(keys),
        count: keys.length,
        tags: tags.map((tag) => this.placeOfTag(tag)),
        answer,
      });
      if (this.keys.length >= MAX_KEYS) this.flush();
    });
  }

  private placeOf(keys: readonly string[]): number {
    const [only] = keys;
    const known = keys.length === 1 && only !== undefined ? this.places.get(only) : undefined;
    if (known !== undefined) return known;
    const first = this.keys.length;
    for (const key of keys) this.keys.push(key);
    if (keys.length === 1 && only !== undefined) this.places.set(only, first);
    return first;
  }

  private placeOfTag(tag: Tag): number {
    const place = this.tags.get(tag) ?? this.tags.size;
    this.tags.set(tag, place);
    return place;
  }

  private readonly flush = (): void => {
    const { asked, keys } = this;
    if (asked.length === 0) return;
    const tags = [...this.tags.keys()];
    this.keys = [];
    this.places.clear();
    this.tags = new Map();
    this.asked = [];
    void this.send(keys, tags, asked);
  };

  private async send(keys: readonly string[], tags: readonly Tag[], asked: readonly Asked[]): Promise<void> {
    const look = await this.store.attempt('look', (store) => this.seek(store, keys, tags));
    const values = look && (await this.complete(look.tags, tags));
    for (const { first, count, tags: places, answer } of asked) {
      const known = places.flatMap((place) => values?.[place] ?? []);
      if (!look || known.length < places.length) answer(null);
      else answer({ entries: look.entries.slice(first, first + count), tags: known });
    }
  }

  /** Asks for the store's time as well, if it is due: in the same round trip. */
  private async seek(store: Store, keys: readonly string[], tags: readonly Tag[]): ReturnType<Store['look']> {
    if (!this.clock.isDue) return store.look(keys, tags);
    const [look] = await Promise.all([store.look(keys, tags), this.clock.renew(() => store.now())]);
    return look;
  }

  /**
   * Creates the tags that are missing, because the stamp of a load must be known before it begins. Those that the store
   * would not create stay `null`: only who asked for them can do nothing without.
   */
  private async complete(
    values: readonly (string | null)[],
    tags: readonly Tag[],
  ): Promise<readonly (string | null)[]> {
    const missing = tags.filter((_, place) => values[place] === null);
    if (missing.length === 0) return values;
    const created = await this.store.attempt('tags', (store) => store.currentTags(missing));
    const names = new Map(missing.map((tag, place) => [tag, created?.[place] ?? null]));
    return tags.map((tag, place) => values[place] ?? names.get(tag) ?? null);
  }
}
