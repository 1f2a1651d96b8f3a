import type { GuardedStore } from './guarded-store.js';
import type { Tag } from './invalidation.js';
import type { StoreClock } from './store-clock.js';
import type { Found, Look, Store } from './store.js';

/** What one caller is told: its keys stand in `entries` from `first` on, in its order, and its tags alone in `tags`. */
export interface Sight {
  readonly entries: readonly Found[];
  readonly first: number;
  /** Tags that did not exist have been created. */
  readonly tags: readonly string[];
  /** The certificate of the service that was asked about; `null`: there is none. */
  readonly asOfMs: number | null;
  /** The store's time, or up to a round trip later. */
  readonly nowMs: number;
}

interface Asked {
  readonly first: number;
  readonly tags: readonly Tag[];
  readonly service: string | null;
  readonly answer: (sight: Sight | null) => void;
}

/** All that is looked up in one go. */
interface Sought {
  readonly keys: readonly string[];
  readonly tags: readonly Tag[];
  readonly services: readonly string[];
}

type TagValues = ReadonlyMap<Tag, Look['tags'][number]>;

/** Longer answers would let the callers at the front wait for those at the back. */
const MAX_KEYS = 256;

/** All looks of one turn of the event loop, in one round trip with one deadline. */
export class LookBatch {
  private keys: string[] = [];
  /** Of those that were asked for alone: many ask for a hot key at the same time. */
  private readonly places = new Map<string, number>();
  private tags = new Set<Tag>();
  private services = new Set<string>();
  private asked: Asked[] = [];

  constructor(
    private readonly store: GuardedStore,
    private readonly clock: StoreClock,
  ) {}

  /**
   * Resolves with what was found after the call, or with `null` if the store cannot be used now. Callers that want the
   * same tags do well to hand over the same array. `service`: whose certificate is wanted; `null`: nobody's.
   */
  look(keys: readonly string[], tags: readonly Tag[], service: string | null): Promise<Sight | null> {
    return new Promise((answer) => {
      // After all that runs now, but before the next input: readers that an answer has woken ask together.
      if (this.asked.length === 0) process.nextTick(this.flush);
      this.asked.push({ first: this.placeOf(keys), tags, service, answer });
      if (service !== null) this.services.add(service);
      for (const tag of tags) this.tags.add(tag);
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

  private readonly flush = (): void => {
    const { asked, keys } = this;
    if (asked.length === 0) return;
    const tags = [...this.tags];
    const services = [...this.services];
    this.keys = [];
    this.places.clear();
    this.tags = new Set();
    this.services.clear();
    this.asked = [];
    void this.send({ keys, tags, services }, asked);
  };

  private async send(sought: Sought, asked: readonly Asked[]): Promise<void> {
    const { tags, services } = sought;
    const look = await this.store.attempt('look', (store) => this.seek(store, sought));
    const valueOf = look && (await this.complete(look.tags, tags));
    const asOf = (service: string): number | null => look?.certificates[services.indexOf(service)] ?? null;
    const nowMs = this.clock.now();
    const known = new Map<readonly Tag[], readonly string[] | null>();
    for (const { first, tags: own, service, answer } of asked) {
      const values = known.get(own) ?? (valueOf && allOf(own, valueOf));
      known.set(own, values);
      const asOfMs = service === null ? null : asOf(service);
      answer(look && values && { entries: look.entries, first, tags: values, asOfMs, nowMs });
    }
  }

  /** Asks for the store's time as well, if it is due: in the same round trip. */
  private async seek(store: Store, { keys, tags, services }: Sought): ReturnType<Store['look']> {
    if (!this.clock.isDue) return store.look(keys, tags, services);
    const [look] = await Promise.all([store.look(keys, tags, services), this.clock.renew(() => store.now())]);
    return look;
  }

  /**
   * Creates the tags that are missing, because the stamp of a load must be known before it begins. Those that the store
   * would not create stay out: only who asked for them can do nothing without.
   */
  private async complete(values: Look['tags'], tags: readonly Tag[]): Promise<TagValues> {
    const valueOf = new Map(tags.map((tag, place) => [tag, values[place]]));
    const missing = tags.filter((tag) => valueOf.get(tag) === null);
    if (missing.length === 0) return valueOf;
    const created = await this.store.attempt('tags', (store) => store.currentTags(missing));
    missing.forEach((tag, place) => valueOf.set(tag, created?.[place]));
    return valueOf;
  }
}

/** `null` if one of them has no value to go by. */
function allOf(tags: readonly Tag[], valueOf: TagValues): readonly string[] | null {
  const values = tags.flatMap((tag) => valueOf.get(tag) ?? []);
  return values.length === tags.length ? values : null;
}
