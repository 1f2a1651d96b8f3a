import { z } from 'zod';
import { keptMs, ttlOf } from './lifetime.js';
import { defineSpace } from './define-space.js';
import { MemoryStore } from './memory-store.js';
import { Cache } from './cache.js';
import { ManualClock } from '../testing/manual-clock.js';

const definition = {
  service: 'auth',
  entity: 'token',
  value: z.object({ ttlMs: z.number() }),
  ttlMs: 10_000,
  graceMs: 50,
};
const fixed = defineSpace(definition);
const own = defineSpace({ ...definition, ttlMsOf: (value: { ttlMs: number }) => value.ttlMs });

const ttl = (space: typeof own, ttlMs: number) => ttlOf(space, 'auth:token:1', 'AAAAA', { ttlMs });

it('gives each value its own TTL, if it has one that is shorter than that of the space', () => {
  expect(ttl(own, 2_000)).toBeGreaterThan(1_799);
  expect(ttl(own, 2_000)).toBeLessThan(2_001);
  expect(ttl(fixed, 2_000)).toBeGreaterThan(8_999);
  for (const ttlMs of [0, -1, NaN, Infinity, 10_001]) expect(ttl(own, ttlMs)).toBe(ttl(fixed, 1));
  expect(keptMs(own, 'auth:token:1', 'AAAAA', { ttlMs: 2_000 })).toBe(ttl(own, 2_000) + 50);
  expect(ttlOf(own, 'auth:token:1', 'AAAAA', null)).toBe(ttlOf(fixed, 'auth:token:1', 'AAAAA', null));
});

it('keeps an absence that lives shorter than values for as long again at most, however long values are kept', () => {
  const patient = defineSpace({ ...definition, negativeTtlMs: 300, graceMs: 600_000 });
  const absent = ttlOf(patient, 'auth:token:1', 'AAAAA', null);
  expect(absent).toBeLessThan(301);
  expect(keptMs(patient, 'auth:token:1', 'AAAAA', null)).toBe(absent + 300);
  const impatient = defineSpace({ ...definition, negativeTtlMs: 300 });
  expect(keptMs(impatient, 'auth:token:1', 'AAAAA', null)).toBe(absent + 50);
  const alike = defineSpace({ ...definition, graceMs: 600_000 });
  expect(keptMs(alike, 'auth:token:1', 'AAAAA', null)).toBe(ttl(alike, 1) + 600_000);
  expect(keptMs(patient, 'auth:token:1', 'AAAAA', { ttlMs: 1 })).toBe(ttl(patient, 1) + 600_000);
});

it('serves a value for its own TTL and no longer, also in another process', async () => {
  const clock = new ManualClock();
  const store = new MemoryStore({ now: clock.now });
  const open = () => new Cache({ store, clock }).space(own);
  await open().getOrSet('1', async () => ({ ttlMs: 2_000 }));
  clock.advance(1_700);
  expect(await open().peek('1')).toMatchObject({ status: 'fresh' });
  clock.advance(300);
  expect((await open().peek('1')).status).not.toBe('fresh');
  clock.advance(100);
  expect(await open().explain('1')).toMatchObject({ state: 'absent' });
});

it('does not store a value whose TTL cannot be told', async () => {
  const broken = defineSpace({
    ...definition,
    entity: 'broken',
    ttlMsOf: (): number => {
      throw new Error('no TTL');
    },
  });
  const cache = new Cache({ store: new MemoryStore() }).space(broken);
  expect(await cache.read('1', async () => ({ ttlMs: 1 }))).toMatchObject({ outcome: 'miss', stored: false });
  expect(await cache.peek('1')).toEqual({ status: 'absent' });
});
