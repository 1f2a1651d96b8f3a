import { z } from 'zod';
import { Logger } from '@nestjs/common';
import { Cache, defineSpace, MemoryStore, tag, type Invalidation, type Store } from '@larder/cache';
import { DeliveryGivenBack } from '@larder/messaging';
import { InvalidationBatches } from './invalidation-batches.js';

const space = defineSpace<string>({
  service: 'test',
  entity: 'thing',
  value: z.string(),
  version: () => 1,
  ttlMs: 60_000,
});

/** A memory store whose invalidations can be held, and fail. */
class GatedStore extends MemoryStore {
  readonly batches: number[] = [];
  failures = 0;
  gate = Promise.resolve();

  override async invalidate(...[entries, tags, tombstoneMs]: Parameters<Store['invalidate']>): Promise<void> {
    this.batches.push(entries.length);
    await this.gate;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the store is away');
    }
    await super.invalidate(entries, tags, tombstoneMs);
  }
}

const change = (id: string): Invalidation => ({ entries: space.entries(id, 2), tags: [tag('test', 'list', 'all')] });

describe('InvalidationBatches', () => {
  let store: GatedStore;
  let cache: Cache;
  let batches: InvalidationBatches;

  beforeEach(() => {
    Logger.overrideLogger(false);
    store = new GatedStore();
    cache = new Cache({ store });
    batches = new InvalidationBatches(cache);
  });

  afterEach(async () => {
    await cache.close();
  });

  it('resolves when the entry cannot be served any more', async () => {
    await cache.space(space).getOrSet('a', () => Promise.resolve('old'));
    await batches.apply(change('a'));
    expect(await cache.space(space).getOrSet('a', () => Promise.resolve('new'))).toBe('new');
  });

  it('sends together what has arrived together, and what arrives meanwhile next', async () => {
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const first = Array.from({ length: 10 }, (_, n) => batches.apply(change(`a${n}`)));
    await new Promise(setImmediate);
    const second = Array.from({ length: 150 }, (_, n) => batches.apply(change(`b${n}`)));
    open();
    await Promise.all([...first, ...second]);
    expect(store.batches).toEqual([10, 100, 50]);
  });

  it('repeats until the store has applied', async () => {
    await cache.space(space).getOrSet('a', () => Promise.resolve('old'));
    store.failures = 2;
    await batches.apply(change('a'));
    expect(store.failures).toBe(0);
    expect(await cache.space(space).getOrSet('a', () => Promise.resolve('new'))).toBe('new');
  });

  it('gives back what the store has not applied when the process stops', async () => {
    store.failures = Infinity;
    const owed = [batches.apply(change('a')), batches.apply(change('b'))];
    await new Promise(setImmediate);
    batches.onApplicationShutdown();
    for (const one of owed) await expect(one).rejects.toThrow(DeliveryGivenBack);
  });
});
