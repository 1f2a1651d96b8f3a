import { z } from 'zod';
import { deferred } from '../testing/deferred.js';
import { FaultyStore } from '../testing/faulty-store.js';
import { turns } from '../testing/turns.js';
import { Cache } from './cache.js';
import { systemClock } from './clock.js';
import { deepFreeze } from './deep-freeze.js';
import type { CacheEvent } from './events.js';
import { L1 } from './l1.js';
import { EXPIRED } from './mark.js';
import { MemoryStore } from './memory-store.js';
import type { ValueEntry } from './record.js';
import { defineSpace } from './define-space.js';
import { StoreClock } from './store-clock.js';
import type { LeaseAnswer, LeaseRequest } from './steps.js';
import type { Look, Store } from './store.js';
import { tag } from './tag.js';

const definition = { service: 'shop', entity: 'row', value: z.number(), version: Number, ttlMs: 60_000 };
const rows = defineSpace(definition);
const held = defineSpace({ ...definition, entity: 'held', l1: { maxEntries: 10, maxBytes: 10_000 } });
const clock = new StoreClock(systemClock);
const DEAF = { heard: () => undefined, certified: () => undefined, caughtUp: () => undefined, lost: () => undefined };
const never = (): Promise<never> => Promise.reject(new Error('must not load'));

it('a fill that the store does not take is the reader’s all the same, and is told', async () => {
  const events: CacheEvent[] = [];
  const store = new FaultyStore(new MemoryStore());
  store.fail('refuse', { only: ['fill'] });
  const cache = new Cache({ store, onEvent: (event) => events.push(event) });
  expect(await cache.space(rows).read('1', async () => 1)).toMatchObject({ value: 1, stored: false });
  expect(events).toContainEqual({ type: 'fill', space: 'shop:row', result: 'unreachable' });
});

it('a bulk read may be larger than one look', async () => {
  const store = new FaultyStore(new MemoryStore());
  const space = new Cache({ store }).space(rows);
  const ids = Array.from({ length: 300 }, (_, number) => `${number + 1}`); // the version too
  const values = await space.getOrSetMany(ids, async (missing) => new Map(missing.map((id) => [id, Number(id)])));
  expect(values.size).toBe(300);
  const [some, others] = [ids.slice(0, 256), ids.slice(256)];
  const before = store.count('look');
  const none = async (): Promise<Map<string, number>> => never();
  const both = await Promise.all([space.getOrSetMany(some, none), space.getOrSetMany(others, none)]);
  expect(both.map(({ size }) => size)).toEqual([256, 44]);
  expect(store.count('look') - before).toBe(2);
});

it('what a store leaves out of its answer is absent', async () => {
  class CurtStore extends MemoryStore {
    override async look(): Promise<Look> {
      return { entries: [], tags: [], certificates: [] };
    }
  }
  expect(await new Cache({ store: new CurtStore() }).space(rows).getOrSet('1', async () => 1)).toBe(1);
});

it('a read that is told again and again to look, and finds nothing, loads by itself', async () => {
  class LaggingStore extends MemoryStore {
    override look(_keys: readonly string[], tags: Parameters<Store['look']>[1]): Promise<Look> {
      return super.look(['shop:row:other'], tags);
    }
    override async lease(key: string, request: LeaseRequest): Promise<LeaseAnswer> {
      const answer = await super.lease(key, request);
      return answer.kind === 'value' ? outOfDate(answer) : answer;
    }
  }
  const outOfDate = ({ entry }: { entry: ValueEntry }): LeaseAnswer => ({
    kind: 'value',
    entry: { ...entry, mark: EXPIRED },
  });
  const store = new FaultyStore(new LaggingStore());
  const space = new Cache({ store }).space(rows);
  await space.getOrSet('1', async () => 1);
  expect(await space.read('1', async () => 2)).toMatchObject({ value: 2, stored: false });
  expect(store.count('fill')).toBe(1);
});

it('a read during a strict write loads, and does not fill', async () => {
  const store = new MemoryStore();
  const space = new Cache({ store }).space(rows);
  await store.intend([{ key: rows.key('1'), transaction: '7' }]);
  expect(await space.read('1', async () => 1)).toMatchObject({ value: 1, outcome: 'bypass', stored: false });
});

it('MemoryStore tells nobody of another service’s invalidations', async () => {
  const store = new MemoryStore();
  const heard: string[] = [];
  const listener = { ...DEAF, heard: (key: string) => heard.push(key) };
  store.listen('shop', listener);
  await store.invalidate([{ key: 'forum:row:1' }, { key: 'shop:row:1' }], [], 1_000);
  expect(heard).toEqual(['shop:row:1']);
});

it('Cache.condition tells the circuit, what waits, and which tiers are on', async () => {
  class DeafStore extends MemoryStore {
    override listen(): () => void {
      return () => undefined;
    }
  }
  const [hearing, deaf] = [new MemoryStore(), new DeafStore()].map((store) => new Cache({ store }));
  for (const cache of [hearing!, deaf!]) cache.space(held);
  expect(hearing!.condition).toEqual({ circuit: 'closed', pendingInvalidations: 0, l1: { 'shop:held': 'on' } });
  expect(deaf!.condition.l1).toEqual({ 'shop:held': 'off' });
});

it('L1: takes nothing for an answer when the feed has fallen silent, and begins anew when it is back', () => {
  const events: CacheEvent[] = [];
  const l1 = new L1<number>(held, { ...held.l1!, maxStalenessMs: 250 }, (event) => events.push(event), clock);
  const entry = { value: 1, version: 1, loadedAtMs: 0, servedUntilMs: Infinity, bytes: 9 };
  l1.caughtUp(performance.now());
  l1.keep(held.key('1'), entry, l1.epochOf(held.key('1')));
  l1.caughtUp(performance.now());
  expect(l1.get('1')?.value).toBe(1);
  l1['caughtUpAtMs'] -= 251;
  expect(l1.get('1')).toBeUndefined();
  l1.caughtUp(performance.now());
  expect(l1.get('1')).toBeUndefined();
  expect(events.filter(({ type }) => type === 'l1').map((event) => 'state' in event && event.state)).toEqual([
    'on',
    'off',
    'on',
  ]);
});

it('L1: what has been served long enough gives way to an older version', () => {
  const l1 = new L1<number>(held, held.l1!, () => undefined, clock);
  l1.caughtUp(Infinity);
  const key = held.key('1');
  const entry = { value: 2, version: 2, loadedAtMs: 0, servedUntilMs: 0, bytes: 9 };
  l1.keep(key, entry, l1.epochOf(key));
  l1.keep(key, { ...entry, value: 1, version: 1, servedUntilMs: Infinity }, l1.epochOf(key));
  expect(l1.get('1')?.value).toBe(1);
});

it('L1: hears of other spaces without a change', () => {
  const l1 = new L1<number>(held, held.l1!, () => undefined, clock);
  const before = l1.epochOf(held.key('1'));
  l1.heard(rows.key('1'));
  expect(l1.epochOf(held.key('1'))).toBe(before);
  l1.heard(held.key('1'));
  expect(l1.epochOf(held.key('1'))).toBe(before + 1);
});

it('deepFreeze leaves views of memory alone, which cannot be frozen', () => {
  const value = { bytes: new Uint8Array(1), list: [{ a: 1 }] };
  deepFreeze(value);
  expect(Object.isFrozen(value.list[0])).toBe(true);
  value.bytes[0] = 1;
  expect(value.bytes[0]).toBe(1);
});

it('a lease that is granted after the patience with the store ran out is given up: nobody waits for it', async () => {
  const granted = deferred<null>();
  class SlowStore extends MemoryStore {
    override async lease(...args: Parameters<Store['lease']>): ReturnType<Store['lease']> {
      const answer = await super.lease(...args);
      await granted.promise;
      return answer;
    }
  }
  const store = new FaultyStore(new SlowStore());
  const space = new Cache({ store, operationTimeoutMs: 20 }).space(rows);
  expect(await space.read('1', async () => 1)).toMatchObject({ value: 1, stored: false });
  granted.resolve(null);
  await turns();
  expect(store.count('release')).toBe(1);
  expect(await space.read('1', async () => 1)).toMatchObject({ value: 1, stored: true });
});

it('the order of tags does not matter, nor that one is named twice', async () => {
  const [a, b] = [tag('shop', 'a', '1'), tag('shop', 'b', '1')];
  const space = new Cache({ store: new MemoryStore() }).space(rows);
  await space.getOrSet('1', async () => 1, { tags: [a, b] });
  expect((await space.read('1', never, { tags: [b, a, b] })).outcome).toBe('hit');
});

it('what is frozen on its surface only is frozen throughout, and a circle ends', () => {
  const value: { list: string[]; self?: unknown } = { list: ['a'] };
  value.self = value;
  Object.freeze(value);
  deepFreeze(value);
  expect(Object.isFrozen(value.list)).toBe(true);
});
