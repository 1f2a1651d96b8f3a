import { z } from 'zod';
import { LIMITS } from '../../test/support/late-feed.js';
import { systemClock } from './clock.js';
import { L1 } from './l1.js';
import { defineSpace } from './define-space.js';
import { StoreClock } from './store-clock.js';

describe('the bounds of an L1', () => {
  const keep = (l1: L1<string>, id: string, more: { bytes?: number; leftMs?: number } = {}): void => {
    const key = `shop:row:${id}`;
    const nowMs = performance.now();
    const { bytes = 1, leftMs = 60_000 } = more;
    l1.keep(key, { value: id, version: 1, loadedAtMs: nowMs, servedUntilMs: nowMs + leftMs, bytes }, l1.epochOf(key));
  };
  const create = (limits: Partial<typeof LIMITS>): L1<string> => {
    const space = defineSpace({ service: 'shop', entity: 'row', value: z.string(), ttlMs: 60_000 });
    const l1 = new L1<string>(space, { ...LIMITS, ...limits }, () => undefined, new StoreClock(systemClock));
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
