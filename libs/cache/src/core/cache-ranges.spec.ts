import { z } from 'zod';
import { turns } from '../testing/turns.js';
import { Cache } from './cache.js';
import { CACHE_DEFAULTS } from './cache-options.js';
import { MemoryStore } from './memory-store.js';
import { defineSpace } from './define-space.js';

const store = new MemoryStore();
const NUMBERS = Object.entries(CACHE_DEFAULTS).flatMap(([name, value]) => (typeof value === 'number' ? [name] : []));
const MAY_BE_ZERO = ['probeAfterMs', 'maxWaitMs', 'loadQueue', 'maxPendingInvalidations', 'drainMs'];

describe.each(NUMBERS)('the option %s', (name) => {
  it.each([-1, 2_000.5, NaN, Infinity, 2 ** 53])('cannot be %d', (value) => {
    const make = (): Cache => new Cache({ store, [name]: value });
    expect(make).toThrow(RangeError);
    expect(make).toThrow(`${name} is an integer`);
  });

  it('has a least value', () => {
    const least = MAY_BE_ZERO.includes(name) ? 0 : 1;
    expect(() => new Cache({ store, [name]: least })).not.toThrow();
    expect(() => new Cache({ store, [name]: least - 1 })).toThrow(RangeError);
  });
});

it.each([2 ** 31, 3_000_000_000, Infinity])(
  'lets a read wait as long as it takes with a timeout of %d ms',
  async (timeoutMs) => {
    const space = new Cache({ store }).space(
      defineSpace({ service: 'shop', entity: 'row', value: z.number(), ttlMs: 1 }),
    );
    const load = async (): Promise<number> => {
      await new Promise((resolve) => setTimeout(resolve, 20)); // a timer that rang at once would have by then
      await turns();
      return 1;
    };
    expect(await space.getOrSet(`${timeoutMs}`, load, { timeoutMs })).toBe(1);
  },
);
