import { z } from 'zod';
import { deferred } from '../testing/deferred.js';
import { ManualClock } from '../testing/manual-clock.js';
import { Cache } from './cache.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace } from './define-space.js';
import type { SpaceDefinition } from './space.js';
import type { SpaceCache } from './space-cache.js';
import { tag } from './tag.js';

/** Values that a careless check takes for nothing, or nothing for; JSON `null` is a cached absence. */
const values: [unknown][] = [[null], [0], [''], [false], [[]], [{}]];

const never = (): Promise<never> => Promise.reject(new Error('must not load'));
const fail = (): Promise<never> => Promise.reject(new Error('the source is down'));

/** The space in two processes, and the time. */
function setUp(more: Partial<SpaceDefinition<unknown>> = {}) {
  const clock = new ManualClock();
  const store = new MemoryStore({ now: clock.now });
  const definition = { service: 'shop', entity: 'any', value: z.unknown(), version: () => 1, ttlMs: 1_000, ...more };
  const space = defineSpace<unknown>(definition);
  const [here, there] = [new Cache({ store, clock }), new Cache({ store, clock })].map((cache) => cache.space(space));
  return { here: here!, there: there!, clock };
}

/** How `id` is answered when the source must not be asked. */
const read = async (space: SpaceCache<unknown>, id: string): Promise<unknown> => {
  const { value, outcome, tier } = await space.read(id, never);
  return { value, outcome, tier };
};

describe.each(values)('%j', (value) => {
  const hit = { value, outcome: 'hit', tier: 'store' };
  const load = async (): Promise<unknown> => value;

  it('is loaded, stored and hit, alone', async () => {
    const { here, there } = setUp();
    expect(await here.read('1', load)).toMatchObject({ value, outcome: 'miss', stored: true });
    expect(await read(here, '1')).toEqual(hit);
    expect(await read(there, '1')).toEqual(hit);
    expect(await there.getOrSet('1', never)).toEqual(value);
    expect(await there.peek('1')).toMatchObject({ value });
  });

  it('is loaded, stored and hit with tags', async () => {
    const { here, there } = setUp();
    const tags = [tag('shop', 'members', 'all')];
    await here.getOrSet('1', load, { tags });
    expect(await there.getOrSet('1', never, { tags })).toEqual(value);
  });

  it('is loaded, stored and hit among others', async () => {
    const { here, there } = setUp();
    const loadAll = async (ids: string[]): Promise<Map<string, unknown>> => new Map(ids.map((id) => [id, value]));
    for (const [space, outcome] of [
      [here, 'miss'],
      [there, 'hit'],
    ] as const) {
      const reads = await space.readMany(['1', '2'], outcome === 'hit' ? never : loadAll);
      expect([...reads].map(([id, each]) => [id, each.value, each.outcome])).toEqual([
        ['1', value, outcome],
        ['2', value, outcome],
      ]);
    }
    const existing = value === null ? [] : [['1', value]];
    expect([...(await there.getOrSetMany(['1'], never))]).toEqual(existing);
  });

  it('is kept within the process', async () => {
    const { here, there } = setUp({ l1: { maxEntries: 10, maxBytes: 10_000 } });
    await here.getOrSet('1', load);
    expect(await read(here, '1')).toEqual({ ...hit, tier: 'l1' });
    expect(await read(there, '1')).toEqual(hit);
    expect(await read(there, '1')).toEqual({ ...hit, tier: 'l1' });
    expect(await there.getOrSet('1', never)).toEqual(value);
    expect((await there.readMany(['1'], never)).get('1')).toMatchObject({ value, tier: 'l1' });
  });

  it('is served past its TTL while a load runs, and when it fails', async () => {
    const { here, there, clock } = setUp({ staleMs: 1_000, graceMs: 3_000 });
    await here.getOrSet('1', load);
    clock.advance(1_500);
    expect(await there.read('1', fail)).toMatchObject({ value, outcome: 'stale' });
    clock.advance(1_500);
    expect(await here.read('1', fail)).toMatchObject({ value, outcome: 'stale' });
  });

  it('is served past its TTL when the load is slow', async () => {
    const { here, clock } = setUp({ graceMs: 3_000, softTimeoutMs: 1 });
    await here.getOrSet('1', load);
    clock.advance(1_500);
    const query = deferred<unknown>();
    expect(await here.read('1', () => query.promise)).toMatchObject({ value, outcome: 'stale' });
    query.resolve('new');
  });

  it('survives compression', async () => {
    const { here, there } = setUp({ compressAboveBytes: 0 });
    await here.getOrSet('1', load);
    expect(await read(there, '1')).toEqual(hit);
  });

  it('survives a serializer that writes nothing for it', async () => {
    const { here, there } = setUp({ serializer: { encode: () => '', decode: () => value } });
    await here.getOrSet('1', load);
    expect(await read(there, '1')).toEqual(hit);
  });

  it('is shared by those who ask at once', async () => {
    const { here } = setUp();
    const reads = await Promise.all([1, 2, 3].map(() => here.getOrSet('1', load)));
    expect(reads).toEqual([value, value, value]);
  });
});

it.each(values.slice(1))('%j can be put in the place of another value', async (value) => {
  const versions = new Map<unknown, number>([['old', 1]]);
  const { here, there } = setUp({ version: (each) => versions.get(each) ?? 2 });
  await here.getOrSet('1', async () => 'old');
  expect(await here.put('1', value)).toBe(true);
  expect(await read(there, '1')).toEqual({ value, outcome: 'hit', tier: 'store' });
});
