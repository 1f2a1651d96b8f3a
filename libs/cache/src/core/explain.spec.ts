import { z } from 'zod';
import { deferred } from '../testing/deferred.js';
import { FaultyStore } from '../testing/faulty-store.js';
import { ManualClock } from '../testing/manual-clock.js';
import { Cache } from './cache.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace } from './define-space.js';
import type { SpaceDefinition } from './space.js';
import { tag } from './tag.js';

const Row = z.object({ version: z.number() });
type Row = z.infer<typeof Row>;
const row = (version: number): Row => ({ version });
const never = (): Promise<never> => Promise.reject(new Error('must not load'));

function setUp(more: Partial<SpaceDefinition<Row>> = {}) {
  const clock = new ManualClock();
  const memory = new MemoryStore({ now: clock.now, maxEntries: 100 });
  const store = new FaultyStore(memory, clock);
  const cache = new Cache({ store, clock });
  const definition = {
    service: 'shop',
    entity: 'row',
    value: Row,
    version: (each: Row) => each.version,
    ttlMs: 10_000,
  };
  const space = cache.space(defineSpace({ ...definition, errorBackoffMs: 0, ...more }));
  return { clock, store, memory, cache, space };
}

describe('peek', () => {
  it('tells value, version, age and tier, and loads nothing', async () => {
    const { space, clock } = setUp({ staleMs: 5_000, graceMs: 60_000 });
    expect(await space.peek('1')).toEqual({ status: 'absent' });
    await space.getOrSet('1', async () => row(4));
    clock.advance(1_000);
    expect(await space.peek('1')).toMatchObject({ status: 'fresh', value: row(4), version: 4, tier: 'store' });
    clock.advance(9_100);
    expect(await space.peek('1')).toMatchObject({ status: 'stale', value: row(4) });
    clock.advance(6_000);
    expect(await space.peek('1')).toMatchObject({ status: 'grace', value: row(4) });
    clock.advance(60_000);
    expect(await space.peek('1')).toEqual({ status: 'absent' });
  });

  it('calls a value that is about to be loaded anew fresh', async () => {
    const { space, clock } = setUp({ earlyRefresh: 0.9 });
    await space.getOrSet('1', async () => row(4));
    clock.advance(5_000);
    expect((await space.peek('1')).status).toBe('fresh');
  });

  it('looks at the process first', async () => {
    const { space } = setUp({ l1: { maxEntries: 10, maxBytes: 10_000 } });
    await space.getOrSet('1', async () => row(4));
    expect(await space.peek('1')).toMatchObject({ status: 'fresh', value: row(4), version: 4, tier: 'l1' });
    expect((await space.explain('1')).tier).toBe('l1');
    expect((await space.explain('1', { tags: [tag('shop', 'a', 'b')] })).tier).toBeNull();
  });

  it('says when the store cannot be asked', async () => {
    const { space, store } = setUp();
    store.fail('refuse');
    expect(await space.peek('1')).toEqual({ status: 'unreachable' });
    expect(await space.explain('1')).toMatchObject({ state: 'unreachable', tier: null, version: null });
  });
});

describe('explain', () => {
  it('tells what is cached, how old it is and how long it stays', async () => {
    const { space, clock } = setUp();
    await space.getOrSet('1', async () => row(4));
    clock.advance(1_000);
    const { ageMs, keptForMs, tags, ...more } = await space.explain('1');
    expect(more).toEqual({
      key: 'shop:row:1',
      state: 'fresh',
      tier: 'store',
      version: 4,
      loading: false,
      owed: false,
      certified: true,
    });
    expect(ageMs).toBeGreaterThanOrEqual(1_000);
    expect(ageMs).toBeLessThan(1_100);
    expect(keptForMs).toBeGreaterThan(7_900);
    expect(keptForMs).toBeLessThanOrEqual(9_000);
    expect(tags).toEqual([{ tag: 'shop:generation:row', value: expect.any(String) as string }]);
  });

  it('tells of a stale value that a read is given it', async () => {
    const { space, clock } = setUp({ staleMs: 5_000 });
    await space.getOrSet('1', async () => row(4));
    clock.advance(10_001);
    expect(await space.explain('1')).toMatchObject({ state: 'stale', tier: 'store' });
  });

  it('tells of a load that runs', async () => {
    const { space } = setUp();
    const query = deferred<Row>();
    const begun = deferred<null>();
    const loading = space.getOrSet('1', () => (begun.resolve(null), query.promise));
    await begun.promise;
    expect(await space.explain('1')).toMatchObject({ state: 'absent', tier: null, loading: true });
    query.resolve(row(1));
    await loading;
  });

  it('tells the last invalidation, and why a fill was refused', async () => {
    const { space } = setUp();
    const query = deferred<Row>();
    const begun = deferred<null>();
    const loading = space.getOrSet('1', () => (begun.resolve(null), query.promise));
    await begun.promise;
    await space.invalidate('1', { version: 5 });
    query.resolve(row(4));
    await loading;
    const told = await space.explain('1');
    expect(told).toMatchObject({ state: 'invalidated', tier: null, version: 5, loading: false });
    expect(told.lastInvalidation?.version).toBe(5);
    expect(told.lastRefusal?.reason).toBe('refused');
    await space.invalidate('1');
    expect((await space.explain('1')).lastInvalidation?.version).toBeNull();
  });

  it('tells that an invalidation waits', async () => {
    const { space, store, cache } = setUp();
    await space.getOrSet('1', async () => row(4));
    store.fail('refuse', { only: ['invalidate'], times: 1 });
    await expect(space.invalidate('1', { version: 5 })).rejects.toMatchObject({ code: 'INVALIDATION_PENDING' });
    expect(await space.explain('1')).toMatchObject({ state: 'fresh', tier: null, owed: true });
    await cache.close();
  });

  it('tells that space or tag have been retired since', async () => {
    const { space, cache } = setUp();
    const members = tag('shop', 'members', 'all');
    await space.getOrSet('1', async () => row(4), { tags: [members] });
    expect((await space.explain('1', { tags: [members] })).state).toBe('fresh');
    await cache.invalidate({ entries: [], tags: [members] });
    const told = await space.explain('1', { tags: [members] });
    expect(told).toMatchObject({ state: 'retired', tier: null });
    expect(told.tags[1]).toEqual({ tag: members, value: null });
    await space.peek('1', { tags: [members] });
    expect((await space.explain('1', { tags: [members] })).state).toBe('retired');
  });

  it('tells of a value that does not fit its schema, and of one too old', async () => {
    const { space, store, clock } = setUp();
    const other = defineSpace({ service: 'shop', entity: 'row', value: z.string(), ttlMs: 60_000 });
    await new Cache({ store, clock }).space(other).getOrSet('1', async () => 'text');
    expect((await space.explain('1')).state).toBe('corrupt');
    const longer = defineSpace({ service: 'shop', entity: 'row', value: Row, ttlMs: 60_000 });
    await new Cache({ store, clock }).space(longer).getOrSet('2', async () => row(1));
    clock.advance(20_000);
    expect((await space.explain('2')).state).toBe('over');
    expect(await space.read('2', async () => row(2))).toMatchObject({ value: row(2), outcome: 'miss', stored: true });
  });

  it('tells of a strict write under way', async () => {
    const { space, memory } = setUp();
    const inspection = { entry: { state: 'intent', floor: 3, transactions: ['7'] } as const, ttlMs: null, nowMs: 0 };
    memory.inspect = () => Promise.resolve(inspection);
    memory.look = (keys, tags) =>
      Promise.resolve({
        entries: keys.map(() => inspection.entry),
        tags: tags.map(() => 'value'),
        certificates: [],
      });
    expect(await space.explain('1')).toMatchObject({ state: 'intent', tier: null, version: 3, loading: false });
    expect(await space.read('1', async () => row(4))).toMatchObject({ outcome: 'bypass', stored: false });
    await expect(space.read('1', never)).rejects.toThrow('must not load');
  });
});
