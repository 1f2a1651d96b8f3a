import { jest } from '@jest/globals';
import { z } from 'zod';
import { ManualClock } from '../testing/manual-clock.js';
import { Cache } from './cache.js';
import type { CacheEvent } from './events.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace } from './define-space.js';

const rows = defineSpace({ service: 'shop', entity: 'row', value: z.number(), ttlMs: 1_000, staleMs: 1_000 });

function setUp() {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
  const clock = new ManualClock();
  const told: CacheEvent['type'][] = [];
  const onEvent = ({ type }: CacheEvent): void => {
    told.push(type);
    throw new Error(`no to ${type}`);
  };
  const cache = new Cache({ store: new MemoryStore({ now: clock.now }), clock, onEvent });
  return { space: cache.space(rows), clock, warn, told };
}

afterEach(() => {
  jest.restoreAllMocks();
});

it('a listener is told what code around the cache does', () => {
  const told: CacheEvent[] = [];
  const read = { type: 'read', space: 'shop:row', outcome: 'hit', tier: 'store', count: 1 } as const;
  new Cache({ store: new MemoryStore(), onEvent: (event) => told.push(event) }).report(read);
  expect(told).toEqual([read]);
});

describe('a listener that throws', () => {
  it('fails no read and no change', async () => {
    const { space, told } = setUp();
    expect(await space.read('1', async () => 1)).toMatchObject({ value: 1, stored: true });
    await space.invalidate('1');
    expect((await space.peek('1')).status).toBe('absent');
    expect(told).toEqual(expect.arrayContaining(['operation', 'load', 'fill', 'read', 'invalidation']));
  });

  it('leaves no read waiting for ever for a refresh that it was told of', async () => {
    const { space, clock, told } = setUp();
    await space.getOrSet('1', async () => 1);
    clock.advance(1_001);
    expect(await space.getOrSet('1', async () => 2)).toBe(1);
    expect(told).toContain('refresh');
    clock.advance(10_000);
    expect(await space.getOrSet('1', async () => 3)).toBeGreaterThan(1);
  });

  it('is reported once', async () => {
    const { space, warn } = setUp();
    await space.getOrSet('1', async () => 1);
    await space.getOrSet('1', async () => 1);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(
      expect.stringContaining('"operation"'),
      expect.objectContaining({ detail: expect.stringContaining('no to operation') as string }),
    );
  });
});
