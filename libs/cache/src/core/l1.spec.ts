import { z } from 'zod';
import { deferred } from '../testing/deferred.js';
import { turns } from '../testing/turns.js';
import { Cache } from './cache.js';
import type { CacheEvent } from './events.js';
import { L1 } from './l1.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace, type SpaceDefinition } from './space.js';
import type { FeedListener, Look, Store } from './store.js';
import { tag } from './tag.js';

const Row = z.object({ version: z.number(), tags: z.array(z.string()).optional() });
type Row = z.infer<typeof Row>;
const row = (version: number): Row => ({ version });
const never = (): Promise<never> => Promise.reject(new Error('must not load'));
const LIMITS = { maxEntries: 100, maxBytes: 100_000, maxStalenessMs: 1_000 };

/** What others invalidate is heard when the test says so; answers to looks can be held back. */
class SlowFeedStore extends MemoryStore {
  readonly feed = { listener: null as FeedListener | null, held: [] as string[], holds: false, stopped: false };
  looks = 0;
  answered: Promise<unknown> = Promise.resolve();

  override listen(_service: string, listener: FeedListener): () => void {
    this.feed.listener = listener;
    super.listen('shop', {
      ...listener,
      heard: (key) => {
        if (this.feed.holds) this.feed.held.push(key);
        else listener.heard(key);
      },
      caughtUp: () => undefined,
    });
    return () => (this.feed.stopped = true);
  }

  override async look(...args: Parameters<Store['look']>): Promise<Look> {
    this.looks++;
    const found = await super.look(...args);
    await this.answered;
    return found;
  }
}

/** Whether the tier was said to be on, in turn. */
function states(events: readonly CacheEvent[]): ('on' | 'off')[] {
  return events.flatMap((event) => (event.type === 'l1' ? [event.state] : []));
}

function setUp(more: Partial<SpaceDefinition<Row>> = {}) {
  const events: CacheEvent[] = [];
  const store = new SlowFeedStore({ maxEntries: 100 });
  const definition = {
    service: 'shop',
    entity: 'row',
    value: Row,
    version: (each: Row) => each.version,
    ttlMs: 60_000,
  };
  const cache = new Cache({ store, onEvent: (event) => events.push(event) });
  const space = cache.space(defineSpace({ ...definition, l1: LIMITS, ...more }));
  const other = new Cache({ store: store }).space(defineSpace(definition));
  const hears = (atMs = performance.now() + 60_000): void => store.feed.listener?.caughtUp(atMs);
  return { events, store, cache, space, other, hears };
}

describe('a space with an L1', () => {
  it('keeps what it loads and what it finds, frozen, and answers without asking the store', async () => {
    const { space, other, store, hears } = setUp();
    hears();
    await space.getOrSet('1', async () => ({ version: 1, tags: ['a'] }));
    await other.getOrSet('2', async () => row(2));
    await space.getOrSet('2', never);
    const looks = store.looks;
    const read = await space.read('1', never);
    expect(read).toMatchObject({ value: { version: 1, tags: ['a'] }, outcome: 'hit', tier: 'l1' });
    expect(Object.isFrozen(read.value) && Object.isFrozen(read.value.tags)).toBe(true);
    expect(await space.getOrSet('2', never)).toEqual(row(2));
    expect([...(await space.getOrSetMany(['2', '1'], never)).keys()]).toEqual(['2', '1']);
    expect(store.looks).toBe(looks);
  });

  it('does not freeze what a load has returned', async () => {
    const { space, hears } = setUp();
    hears();
    const loaded = await space.getOrSet('1', async () => ({ version: 1, tags: ['a'] }));
    expect(Object.isFrozen(loaded)).toBe(false);
  });

  it('keeps absence and odd ids, each under its own', async () => {
    const { space, store, hears } = setUp();
    hears();
    const ids = ['none', 'a b', '#', 'ü', 'x'.repeat(200)];
    for (const id of ids) await space.getOrSet(id, async () => null);
    const looks = store.looks;
    for (const id of ids) expect(await space.getOrSet(id, never)).toBeNull();
    expect(store.looks).toBe(looks);
    await expect(space.getOrSet('', never)).rejects.toThrow(TypeError);
    // The key part of another id is an id like any other.
    const part = defineSpace({ service: 'shop', entity: 'row', value: Row, ttlMs: 1 })
      .key('a b')
      .slice('shop:row:'.length);
    expect(await space.getOrSet(part, async () => row(7))).toEqual(row(7));
  });

  it('is past its own invalidations at once', async () => {
    const { space, cache, store, hears } = setUp();
    hears();
    store.feed.holds = true;
    for (const id of ['1', '2', '3']) await space.getOrSet(id, async () => row(1));
    await space.invalidate('1', { version: 2 });
    expect(await space.getOrSet('1', async () => row(2))).toEqual(row(2));
    await space.retire();
    expect(await space.getOrSet('2', async () => row(2))).toEqual(row(2));
    await cache.invalidate({ entries: [], tags: [tag('shop', 'other', 'x')] });
    expect((await space.read('2', never)).tier).toBe('l1');
  });

  it('hears what others invalidate, expire and retire', async () => {
    const { space, other, hears } = setUp();
    hears();
    await space.getOrSet('1', async () => row(1));
    await other.invalidate('1', { version: 2 });
    expect(await space.getOrSet('1', async () => row(2))).toEqual(row(2));
    await other.put('1', row(3));
    expect(await space.read('1', never)).toMatchObject({ value: row(3), tier: 'store' });
    await other.expire('1');
    expect(await space.getOrSet('1', async () => row(4))).toEqual(row(4));
    await other.retire();
    expect(await space.getOrSet('1', async () => row(5))).toEqual(row(5));
  });

  it('does not keep what was read before an invalidation that arrived first', async () => {
    const { space, other, store, events, hears } = setUp();
    hears();
    await other.getOrSet('1', async () => row(1));
    const answered = deferred<null>();
    store.answered = answered.promise;
    const reading = space.read('1', never); // finds the old value, and is told late
    await turns(2);
    await other.invalidate('1', { version: 2 });
    answered.resolve(null);
    expect((await reading).value).toEqual(row(1));
    expect(await space.getOrSet('1', async () => row(2))).toEqual(row(2));
    expect(events).toContainEqual({ type: 'promotion', space: 'shop:row', result: 'refused' });
  });

  it('does not keep what was read before this process loaded something newer that was not stored', async () => {
    const { space, other, store, hears } = setUp({ maxValueBytes: 50 });
    hears();
    await other.getOrSet('1', async () => row(1));
    const answered = deferred<null>();
    store.answered = answered.promise;
    const reading = space.read('1', never); // finds the old value, and is told late
    await turns(2);
    [store.answered, store.feed.holds] = [Promise.resolve(), true];
    await other.invalidate('1', { version: 2 });
    const large = { version: 2, tags: ['x'.repeat(100)] };
    expect(await space.read('1', async () => large)).toMatchObject({ value: large, stored: false });
    answered.resolve(null);
    expect((await reading).value).toEqual(row(1));
    expect(await space.getOrSet('1', async () => large)).toEqual(large);
  });

  it('is off until the feed vouches for it, and what was read before that is not kept', async () => {
    const { space, other, store, events, hears } = setUp();
    await other.getOrSet('1', async () => row(1));
    expect((await space.read('1', never)).tier).toBe('store');
    expect((await space.read('1', never)).tier).toBe('store');
    expect(states(events)).toEqual(['off']);
    const answered = deferred<null>();
    store.answered = answered.promise;
    const reading = space.read('1', never);
    await turns(2);
    hears(); // what was invalidated between the read and now was never heard
    answered.resolve(null);
    await reading;
    expect((await space.read('1', never)).tier).toBe('store');
    expect((await space.read('1', never)).tier).toBe('l1');
    expect(states(events)).toEqual(['off', 'on']);
  });

  it('is switched off and emptied when the feed is lost', async () => {
    const { space, store, events, hears } = setUp();
    hears();
    await space.getOrSet('1', async () => row(1));
    store.feed.listener?.lost();
    store.feed.listener?.lost();
    expect((await space.read('1', never)).tier).toBe('store');
    expect(states(events)).toEqual(['off', 'on', 'off']);
    hears();
    expect((await space.read('1', never)).tier).toBe('store'); // emptied
    expect((await space.read('1', never)).tier).toBe('l1');
  });

  it('is switched off and emptied when the feed has been silent for longer than it promises', async () => {
    const { space, events, hears } = setUp();
    hears(performance.now() - 990);
    await space.getOrSet('1', async () => row(1));
    const deadlineMs = performance.now() + 5_000;
    while ((await space.read('1', never)).tier === 'l1' && performance.now() < deadlineMs) await turns(1);
    expect((await space.read('1', never)).tier).toBe('store');
    expect(states(events)).toEqual(['off', 'on', 'off']);
  });

  it('leaves reads with tags to the store, which alone can check them', async () => {
    const { space, hears } = setUp({});
    hears();
    const tags = [tag('shop', 'members', 'all')];
    await space.getOrSet('1', async () => row(1), { tags });
    expect((await space.read('1', never, { tags })).tier).toBe('store');
    expect((await space.read('1', never, { tags })).tier).toBe('store');
  });

  it('stops hearing when the cache is closed', async () => {
    const { space, cache, store, hears } = setUp();
    hears();
    await space.getOrSet('1', async () => row(1));
    await cache.close();
    expect(store.feed.stopped).toBe(true);
    expect((await space.read('1', never)).tier).toBe('store');
  });

  it('shares one feed between the spaces of a service', async () => {
    const { cache, space, hears } = setUp();
    hears();
    const second = cache.space(
      defineSpace({ service: 'shop', entity: 'second', value: Row, ttlMs: 60_000, l1: LIMITS }),
    );
    await second.getOrSet('1', async () => row(1));
    expect((await second.read('1', never)).tier).toBe('l1');
    await space.invalidate('1', { version: 2 });
    expect((await second.read('1', never)).tier).toBe('l1');
  });
});

describe('the bounds of an L1', () => {
  const keep = (l1: L1<string>, id: string, more: { bytes?: number; leftMs?: number } = {}): void => {
    const key = `shop:row:${id}`;
    const nowMs = performance.now();
    const { bytes = 1, leftMs = 60_000 } = more;
    l1.keep(key, { value: id, version: 1, loadedAtMs: nowMs, servedUntilMs: nowMs + leftMs, bytes }, l1.epochOf(key));
  };
  const create = (limits: Partial<typeof LIMITS>): L1<string> => {
    const space = defineSpace({ service: 'shop', entity: 'row', value: z.string(), ttlMs: 60_000 });
    const l1 = new L1<string>(space, { ...LIMITS, ...limits }, () => undefined);
    l1.caughtUp(Infinity);
    return l1;
  };
  const kept = (l1: L1<string>, ids: string[]): string[] => ids.filter((id) => l1.get(id) !== undefined);

  it('are a number of entries', () => {
    const l1 = create({ maxEntries: 2 });
    for (const id of ['a', 'b', 'c']) keep(l1, id);
    expect(kept(l1, ['a', 'b', 'c'])).toEqual(['b', 'c']);
  });

  it('are a number of bytes', () => {
    const l1 = create({ maxBytes: 5_000 });
    for (const id of ['a', 'b', 'c']) keep(l1, id, { bytes: 2_000 });
    expect(kept(l1, ['a', 'b', 'c'])).toEqual(['b', 'c']);
  });

  it('are the time that an entry has left', () => {
    const l1 = create({});
    keep(l1, 'a', { leftMs: 0 });
    expect(kept(l1, ['a'])).toEqual([]);
  });
});
