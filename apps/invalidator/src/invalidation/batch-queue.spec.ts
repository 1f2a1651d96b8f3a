import { Logger } from '@nestjs/common';
import { Cache, Chain, defineSpace, MemoryStore, type ChainBatch, type Store } from '@larder/cache';
import { DeliveryGivenBack } from '@larder/messaging';
import { z } from 'zod';
import { BatchQueue } from './batch-queue.js';
import { Insistence } from './insistence.js';

const space = defineSpace<string>({
  service: 'test',
  entity: 'thing',
  value: z.string(),
  version: () => 1,
  ttlMs: 60_000,
});

/** A memory store whose batches can be held, and fail. */
class GatedStore extends MemoryStore {
  readonly ends: number[] = [];
  failures = 0;
  gate = Promise.resolve();

  override async applyBatch(...args: Parameters<Store['applyBatch']>): ReturnType<Store['applyBatch']> {
    await this.gate;
    if (this.failures > 0) {
      this.failures -= 1;
      throw new Error('the store is away');
    }
    const answer = await super.applyBatch(...args);
    if (answer.kind === 'applied') this.ends.push(args[1].upTo);
    return answer;
  }
}

const batch = (after: number, upTo: number, id = 'a'): ChainBatch => ({
  ...{ after, upTo, asOfMs: null },
  invalidation: { entries: after === upTo ? [] : space.entries(id, 2), tags: [] },
});

describe('the queue of batches', () => {
  let store: GatedStore;
  let cache: Cache;
  let insistence: Insistence;
  let queue: BatchQueue;

  beforeEach(() => {
    Logger.overrideLogger(false);
    store = new GatedStore();
    cache = new Cache({ store });
    insistence = new Insistence();
    const log = { since: () => Promise.resolve(null) };
    queue = new BatchQueue(new Chain(cache, { service: 'test', spaces: [space], log }), insistence);
  });

  afterEach(async () => {
    await cache.close();
  });

  it('resolves when the entry cannot be served any more', async () => {
    await cache.space(space).getOrSet('a', () => Promise.resolve('old'));
    expect(await queue.apply(batch(0, 1))).toBe('applied');
    expect(await cache.space(space).getOrSet('a', () => Promise.resolve('new'))).toBe('new');
  });

  it('applies in the order of arrival, and in one step what came meanwhile and follows each other', async () => {
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const first = [batch(0, 1), batch(1, 1), batch(1, 2, 'b'), batch(2, 3, 'c'), batch(3, 3)];
    const outcomes = first.map((each) => queue.apply(each));
    open();
    expect(await Promise.all(outcomes)).toEqual(['applied', 'applied', 'applied', 'applied', 'applied']);
    expect(store.ends).toEqual([1, 3]);
    for (const id of ['b', 'c']) expect((await store.inspect(space.key(id))).entry).toMatchObject({ floor: 2 });
  });

  it('joins nothing to what the store may have already, nor what does not follow', async () => {
    await queue.apply(batch(0, 1));
    const late = [batch(0, 1), batch(1, 2), batch(1, 2), batch(2, 3)].map((each) => queue.apply(each));
    expect(await Promise.all(late)).toEqual(['duplicate', 'applied', 'duplicate', 'applied']);
    expect(store.ends).toEqual([1, 2, 3]);
  });

  it('certifies with the last instant that is known', async () => {
    let open = (): void => undefined;
    store.gate = new Promise((resolve) => (open = resolve));
    const batches = [batch(0, 1), { ...batch(1, 2), asOfMs: 5 }, { ...batch(2, 2), asOfMs: 7 }, batch(2, 3)];
    const outcomes = batches.map((each) => queue.apply(each));
    open();
    await Promise.all(outcomes);
    expect((await store.look([], [], ['test'])).certificates).toEqual([7]);
  });

  it('repeats until the store has applied, before anything that follows', async () => {
    store.failures = 2;
    expect(await Promise.all([queue.apply(batch(0, 1)), queue.apply(batch(1, 2))])).toEqual(['applied', 'applied']);
    expect([store.failures, store.ends]).toEqual([0, [1, 2]]);
  });

  it('says of what came before that it is a duplicate', async () => {
    await queue.apply(batch(0, 1));
    expect(await queue.apply(batch(0, 1))).toBe('duplicate');
  });

  it('gives back what the store has not applied when the process stops', async () => {
    store.failures = Infinity;
    const owed = [queue.apply(batch(0, 1)), queue.apply(batch(1, 2))];
    await new Promise(setImmediate);
    insistence.onApplicationShutdown();
    for (const one of owed) await expect(one).rejects.toThrow(DeliveryGivenBack);
  });
});
