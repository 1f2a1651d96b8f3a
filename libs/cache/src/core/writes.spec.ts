import { z } from 'zod';
import { deferred } from '../testing/deferred.js';
import { FaultyStore } from '../testing/faulty-store.js';
import { ManualClock } from '../testing/manual-clock.js';
import { Cache } from './cache.js';
import type { CacheEvent } from './events.js';
import { generationTag } from './key.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace, type SpaceDefinition } from './space.js';
import { tag } from './tag.js';

const Row = z.object({ version: z.number(), name: z.string().optional() });
type Row = z.infer<typeof Row>;
const row = (version: number): Row => ({ version });
const never = (): Promise<never> => Promise.reject(new Error('must not load'));

function setUp(more: Partial<SpaceDefinition<Row>> = {}) {
  const clock = new ManualClock();
  const events: CacheEvent[] = [];
  const memory = new MemoryStore({ now: clock.now, maxEntries: 100 });
  const store = new FaultyStore(memory, clock);
  const cache = new Cache({ store, clock, onEvent: (event) => events.push(event) });
  const definition = {
    service: 'shop',
    entity: 'row',
    value: Row,
    version: (each: Row) => each.version,
    ttlMs: 10_000,
  };
  const space = cache.space(defineSpace({ ...definition, errorBackoffMs: 0, ...more }));
  return { clock, events, store, memory, cache, space };
}

describe('put', () => {
  it('puts the new value in the place of an older one: the next read is warm', async () => {
    const { space } = setUp();
    await space.getOrSet('1', async () => row(1));
    expect(await space.put('1', row(2))).toBe(true);
    expect(await space.read('1', never)).toMatchObject({ value: row(2), outcome: 'hit' });
  });

  it('stores nothing where nothing was cached, and nothing older can be filled any more', async () => {
    const { space } = setUp();
    const query = deferred<Row>();
    const begun = deferred<null>();
    const stale = space.getOrSet('1', () => (begun.resolve(null), query.promise));
    await begun.promise;
    expect(await space.put('1', row(2))).toBe(false);
    query.resolve(row(1));
    await stale;
    expect((await space.peek('1')).status).toBe('absent');
    expect(await space.getOrSet('1', async () => row(2))).toEqual(row(2));
  });

  it('leaves a newer value alone', async () => {
    const { space } = setUp();
    await space.getOrSet('1', async () => row(3));
    expect(await space.put('1', row(2))).toBe(false);
    expect(await space.getOrSet('1', never)).toEqual(row(3));
  });

  it('does not survive a retirement that came before it', async () => {
    const { space } = setUp();
    await space.getOrSet('1', async () => row(1));
    await space.retire();
    await space.put('1', row(2));
    expect(await space.getOrSet('1', async () => row(3))).toEqual(row(3));
  });

  it('invalidates what cannot be stored', async () => {
    const { space } = setUp({ maxValueBytes: 50 });
    await space.getOrSet('1', async () => row(1));
    expect(await space.put('1', { version: 2, name: 'x'.repeat(100) })).toBe(false);
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('invalidates what cannot tell its TTL', async () => {
    let isBroken = false;
    const ttlMsOf = (): number => {
      if (isBroken) throw new Error('no TTL');
      return 1_000;
    };
    const { space } = setUp({ ttlMsOf });
    await space.getOrSet('1', async () => row(1));
    isBroken = true;
    expect(await space.put('1', row(2))).toBe(false);
    isBroken = false;
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('invalidates what cannot tell its version', async () => {
    const { space } = setUp();
    await space.getOrSet('1', async () => row(1));
    await expect(space.put('1', row(1.5))).rejects.toThrow(TypeError);
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('waits as an invalidation when the store cannot be reached', async () => {
    const { space, store, cache } = setUp();
    await space.getOrSet('1', async () => row(1));
    store.fail('refuse');
    await expect(space.put('1', row(2))).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    store.heal();
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), outcome: 'bypass' });
    await cache.close();
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('needs versions, and one that is one', async () => {
    const { cache, space } = setUp();
    const lists = cache.space(
      defineSpace({ service: 'shop', entity: 'list', value: z.array(z.string()), ttlMs: 1_000 }),
    );
    await expect(lists.put('all', [])).rejects.toThrow('shop:list has no versions');
    for (const version of [1.5, 0, -1]) await expect(space.put('1', row(version))).rejects.toThrow(TypeError);
    const version = (): number => {
      throw new Error('no such field');
    };
    const broken = cache.space(defineSpace({ service: 'shop', entity: 'broken', value: Row, version, ttlMs: 1_000 }));
    await expect(broken.put('1', row(1))).rejects.toThrow(TypeError);
  });
});

describe('expire', () => {
  it('keeps the value for grace only, and takes the right to fill from a load that runs', async () => {
    const { space } = setUp({ graceMs: 60_000, staleMs: 60_000 });
    await space.getOrSet('1', async () => row(1));
    await space.expire(['1', 'unknown']);
    expect(await space.peek('1')).toMatchObject({ status: 'grace', value: row(1), ageMs: Infinity });
    expect(await space.read('1', () => Promise.reject(new Error('down')))).toMatchObject({
      value: row(1),
      outcome: 'stale',
    });
    const query = deferred<Row>();
    const begun = deferred<null>();
    const loading = space.read('1', () => (begun.resolve(null), query.promise));
    await begun.promise;
    await space.expire('1');
    query.resolve(row(1));
    expect(await loading).toMatchObject({ value: row(1), stored: false });
    expect(await space.read('1', async () => row(2))).toMatchObject({ value: row(2), stored: true });
  });

  it('keeps the value for the grace only, however long its TTL has still to run', async () => {
    const { space, clock } = setUp({ ttlMs: 60_000, graceMs: 5_000 });
    await space.getOrSet('1', async () => row(1));
    await space.expire('1');
    clock.advance(4_900);
    expect((await space.peek('1')).status).toBe('grace');
    clock.advance(200);
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('is an invalidation in a space without grace', async () => {
    const { space } = setUp();
    await space.getOrSet('1', async () => row(1));
    await space.expire('1');
    await expect(space.read('1', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    await space.expire([]);
  });

  it('invalidates what cannot tell its TTL', async () => {
    let isBroken = false;
    const ttlMsOf = (): number => {
      if (isBroken) throw new Error('no TTL');
      return 1_000;
    };
    const { space } = setUp({ ttlMsOf });
    await space.getOrSet('1', async () => row(1));
    isBroken = true;
    expect(await space.put('1', row(2))).toBe(false);
    isBroken = false;
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('invalidates what cannot tell its version', async () => {
    const { space } = setUp();
    await space.getOrSet('1', async () => row(1));
    await expect(space.put('1', row(1.5))).rejects.toThrow(TypeError);
    expect((await space.peek('1')).status).toBe('absent');
  });

  it('waits as an invalidation when the store cannot be reached', async () => {
    const { space, store, cache } = setUp({ graceMs: 60_000 });
    await space.getOrSet('1', async () => row(1));
    store.fail('refuse', { only: ['expire'] });
    await expect(space.expire('1')).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    await cache.close();
    expect((await space.peek('1')).status).toBe('absent');
  });
});

describe('retire', () => {
  it('makes all entries unservable, and those being loaded unstorable', async () => {
    const { space, events } = setUp({ graceMs: 60_000 });
    for (const id of ['1', '2']) await space.getOrSet(id, async () => row(1));
    const query = deferred<Row>();
    const begun = deferred<null>();
    const loading = space.getOrSet('3', () => (begun.resolve(null), query.promise));
    await begun.promise;
    await space.retire();
    query.resolve(row(1));
    await loading;
    for (const id of ['1', '2', '3']) {
      await expect(space.getOrSet(id, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
    }
    expect(events.filter(({ type }) => type === 'retired')).toEqual([
      { type: 'retired', space: 'shop:row', reason: 'asked' },
    ]);
  });

  it('is an invalidation of the generation, for who only invalidates', async () => {
    const { cache, space, events } = setUp();
    await space.getOrSet('1', async () => row(1));
    await cache.invalidate({ entries: [], tags: [generationTag('shop', 'row'), tag('shop', 'list', 'all')] });
    expect((await space.peek('1')).status).toBe('absent');
    expect(events.filter(({ type }) => type === 'retired')).toEqual([
      { type: 'retired', space: 'shop:row', reason: 'asked' },
    ]);
  });
});

describe('invalidate', () => {
  it('takes several ids at once, and none', async () => {
    const { space } = setUp();
    for (const id of ['1', '2', '3']) await space.getOrSet(id, async () => row(1));
    await space.invalidate(['1', '2']);
    await space.invalidate([]);
    expect((await space.peek('1')).status).toBe('absent');
    expect((await space.peek('2')).status).toBe('absent');
    expect((await space.peek('3')).status).toBe('fresh');
  });

  it('reaches the keys of the other schema versions that releases still read', async () => {
    const { cache, space } = setUp();
    const versions = {
      service: 'shop',
      entity: 'row',
      value: Row,
      version: (each: Row) => each.version,
      ttlMs: 10_000,
    };
    const next = cache.space(defineSpace({ ...versions, schemaVersion: 2, alsoInvalidates: [1] }));
    await space.getOrSet('1', async () => row(1));
    await next.getOrSet('1', async () => row(1));
    expect(await next.put('1', row(2))).toBe(true);
    expect(await next.getOrSet('1', never)).toEqual(row(2));
    expect(await space.getOrSet('1', async () => row(2))).toEqual(row(2));
    await next.invalidate('1', { version: 3 });
    expect((await space.peek('1')).status).toBe('absent');
    await space.getOrSet('1', async () => row(3));
    await next.retire();
    expect((await space.peek('1')).status).toBe('absent');
  });
});
