import { z } from 'zod';
import { FaultyStore } from '../testing/faulty-store.js';
import { ManualClock } from '../testing/manual-clock.js';
import { Cache } from './cache.js';
import type { CacheEvent } from './events.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace } from './define-space.js';
import type { Reservation } from './reserver.js';

const numbers = defineSpace({
  service: 'shop',
  entity: 'number',
  value: z.number(),
  ttlMs: 1_000,
  staleMs: 100,
  graceMs: 5_000,
});

let clock: ManualClock;
let store: FaultyStore;
let events: CacheEvent[];

beforeEach(() => {
  clock = new ManualClock();
  store = new FaultyStore(new MemoryStore({ now: clock.now }), clock);
  events = [];
});

const open = () => new Cache({ store, clock, onEvent: (event) => events.push(event) }).space(numbers);
const reads = () => events.flatMap((event) => (event.type === 'read' ? [event.outcome] : []));

/** Fills, or fails the test. */
function fill(reservation: Reservation<number>, value: number | null | undefined): Promise<boolean> {
  if (reservation.kind !== 'reserved') throw new Error(`Not reserved but ${reservation.kind}`);
  return reservation.fill(value);
}

it('reserves what is not cached, and stores what is filled', async () => {
  const cache = open();
  expect(await fill(await cache.reserve('1'), 7)).toBe(true);
  expect(await cache.reserve('1')).toEqual({ kind: 'value', value: 7 });
  expect(await fill(await cache.reserve('2'), null)).toBe(true);
  expect(await cache.reserve('2')).toEqual({ kind: 'value', value: null });
  expect(reads()).toEqual(['miss', 'hit', 'miss', 'negative']);
});

it('stores nothing that was invalidated, expired or retired since it was reserved', async () => {
  const [cache, other] = [open(), open()];
  const changes = [() => other.invalidate('1'), () => other.expire('1'), () => other.retire()];
  for (const change of changes) {
    const reservation = await cache.reserve('1');
    await change();
    await fill(reservation, 7);
    expect(await other.peek('1')).toEqual({ status: 'absent' });
    await other.invalidate('1');
  }
});

it('reserves for one at a time, until that one gives it up or its lease is over', async () => {
  const [cache, other] = [open(), open()];
  const first = await cache.reserve('1');
  expect(await other.reserve('1')).toEqual({ kind: 'refused' });
  expect(await fill(first, undefined)).toBe(false);
  const second = await other.reserve('1');
  clock.advance(2_001);
  const third = await cache.reserve('1');
  expect(await fill(second, 2)).toBe(false);
  expect(await fill(third, 3)).toBe(true);
  expect(reads()).toEqual(['miss', 'miss', 'miss', 'miss']);
});

it('gives a stale value, and reserves one that is only good for failures', async () => {
  const cache = open();
  await fill(await cache.reserve('1'), 7);
  clock.advance(1_000);
  expect(await cache.reserve('1')).toEqual({ kind: 'value', value: 7 });
  expect(reads()).toEqual(['miss', 'stale']);
  clock.advance(1_000);
  expect(await fill(await cache.reserve('1'), 8)).toBe(true);
  expect(await cache.peek('1')).toMatchObject({ status: 'fresh', value: 8 });
});

it('refuses when the store does not answer', async () => {
  store.fail('refuse');
  expect(await open().reserve('1')).toEqual({ kind: 'refused' });
  store.heal();
  store.fail('refuse', { only: ['lease'] });
  expect(await open().reserve('1')).toEqual({ kind: 'refused' });
  expect(reads()).toEqual(['bypass', 'bypass']);
});

describe('a value that is filled between the look and the lease', () => {
  /** A store in which, so many times, a value appears as a lease is asked for, and is gone when it was answered if it is fleeting. */
  class Overtaken extends FaultyStore {
    constructor(
      private times: number,
      private readonly fleeting: boolean,
    ) {
      super(new MemoryStore({ now: clock.now }));
    }

    override async lease(...args: Parameters<FaultyStore['lease']>): ReturnType<FaultyStore['lease']> {
      if (this.times-- <= 0) return super.lease(...args);
      const [key, request] = args;
      await super.lease(key, { ...request, token: 'other' });
      const [stamp] = [request.stamp];
      const filled = { token: 'other', version: 0, mark: 'AAAAA', ttlMs: 1_000, tombstoneMs: 1_000 };
      await super.fill(key, { ...filled, payload: `${stamp}5` });
      const answer = await super.lease(key, request);
      if (this.fleeting) await super.invalidate([{ key }], [], 1_000);
      return answer;
    }
  }

  it('is found', async () => {
    clock = new ManualClock(16);
    store = new Overtaken(1, false);
    expect(await open().reserve('1')).toEqual({ kind: 'value', value: 5 });
  });

  it('is not chased for ever', async () => {
    store = new Overtaken(5, true);
    expect(await open().reserve('1')).toEqual({ kind: 'refused' });
    expect(store.count('look')).toBe(2);
  });
});
