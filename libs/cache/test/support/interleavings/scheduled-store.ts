import type fc from 'fast-check';
import { MemoryStore, type EntryInvalidation, type Store, type Tag } from '../../../src/index.js';
import type { ScheduledFeed } from './scheduled-feed.js';

type Args<Operation extends keyof Store> = Parameters<Store[Operation]>;

/** A store that tells, with each announcement of a key, the oldest version that may be served by who has heard it. */
export class AnnouncingStore extends MemoryStore {
  private readonly floors = new Map<string, number>();

  /** @param committed the newest version of what a key or a tag stands for: no load from now on finds an older one */
  constructor(
    options: ConstructorParameters<typeof MemoryStore>[0],
    private readonly committed: (key: string) => number,
  ) {
    super(options);
  }

  override invalidate(entries: readonly EntryInvalidation[], tags: readonly Tag[], ttlMs: number): Promise<void> {
    for (const { key, version } of entries) this.floors.set(key, version ?? this.committed(key));
    for (const tag of tags) this.floors.set(tag, this.committed(tag));
    return super.invalidate(entries, tags, ttlMs);
  }

  override expire(keys: readonly string[], keepMs: number): Promise<void> {
    for (const key of keys) this.floors.set(key, this.committed(key));
    return super.expire(keys, keepMs);
  }

  override put(...[key, request]: Args<'put'>): ReturnType<Store['put']> {
    this.floors.set(key, request.version);
    return super.put(key, request);
  }

  /** Tells `feed` of every announcement and of every certificate from now on. */
  announceTo(service: string, feed: Pick<ScheduledFeed, 'announce' | 'certify'>): void {
    const heard = (key: string): void => {
      feed.announce(key, this.floors.get(key) ?? 0);
    };
    const certified = (asOfMs: number): void => {
      feed.certify(asOfMs);
    };
    this.listen(service, { heard, certified, caughtUp: () => undefined, lost: () => undefined });
  }
}

/** Lets the scheduler decide when each operation begins and when its answer arrives. */
export function scheduled(store: Store, s: fc.Scheduler, listen: Store['listen']): Store {
  const slowly = async <Result>(name: string, run: () => Promise<Result>): Promise<Result> => {
    await s.schedule(Promise.resolve(), `${name} leaves`);
    try {
      return await run();
    } finally {
      await s.schedule(Promise.resolve(), `${name} answers`);
    }
  };
  return {
    look: (...args) => slowly('look', () => store.look(...args)),
    currentTags: (...args) => slowly('currentTags', () => store.currentTags(...args)),
    lease: (...args) => slowly('lease', () => store.lease(...args)),
    fill: (...args) => slowly('fill', () => store.fill(...args)),
    release: (...args) => slowly('release', () => store.release(...args)),
    invalidate: (...args) => slowly('invalidate', () => store.invalidate(...args)),
    put: (...args) => slowly('put', () => store.put(...args)),
    expire: (...args) => slowly('expire', () => store.expire(...args)),
    intend: (...args) => slowly('intend', () => store.intend(...args)),
    withdraw: (...args) => slowly('withdraw', () => store.withdraw(...args)),
    applyBatch: (...args) => slowly('batch', () => store.applyBatch(...args)),
    restartChain: (...args) => slowly('restart', () => store.restartChain(...args)),
    inspect: (...args) => slowly('inspect', () => store.inspect(...args)),
    now: () => slowly('now', () => store.now()),
    listen,
  };
}
