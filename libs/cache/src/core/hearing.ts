import { serviceOf } from './key.js';
import type { FeedListener, Store } from './store.js';

/** Passes what is heard of one service on to every tier that wants it. */
class ServiceFeed implements FeedListener {
  private readonly tiers = new Set<FeedListener>();
  private caughtUpAtMs = -Infinity;
  private certifiedAsOfMs = -Infinity;

  add(tier: FeedListener): void {
    this.tiers.add(tier);
    if (this.caughtUpAtMs > -Infinity) tier.caughtUp(this.caughtUpAtMs);
    if (this.certifiedAsOfMs > -Infinity) tier.certified(this.certifiedAsOfMs);
  }

  readonly heard = (key: string): void => {
    for (const tier of this.tiers) tier.heard(key);
  };

  readonly certified = (asOfMs: number): void => {
    this.certifiedAsOfMs = asOfMs;
    for (const tier of this.tiers) tier.certified(asOfMs);
  };

  readonly caughtUp = (atMs: number): void => {
    this.caughtUpAtMs = atMs;
    for (const tier of this.tiers) tier.caughtUp(atMs);
  };

  readonly lost = (): void => {
    this.caughtUpAtMs = -Infinity;
    this.certifiedAsOfMs = -Infinity;
    for (const tier of this.tiers) tier.lost();
  };
}

/** Lets the tiers of this process hear of invalidations: over one subscription per service, and of its own at once. */
export class Hearing {
  private readonly services = new Map<string, { readonly feed: ServiceFeed; readonly stop: () => void }>();

  constructor(private readonly store: Store) {}

  add(service: string, tier: FeedListener): void {
    const { feed } = this.services.get(service) ?? this.subscribe(service);
    feed.add(tier);
  }

  /** A key that this process itself invalidates, or a tag that it retires. */
  readonly heard = (key: string): void => {
    this.services.get(serviceOf(key))?.feed.heard(key);
  };

  close(): void {
    for (const { stop, feed } of this.services.values()) {
      stop();
      feed.lost();
    }
    this.services.clear();
  }

  private subscribe(service: string): { readonly feed: ServiceFeed; readonly stop: () => void } {
    const feed = new ServiceFeed();
    const subscription = { feed, stop: this.store.listen(service, feed) };
    this.services.set(service, subscription);
    return subscription;
  }
}
