import type { Read, ReadOutcome } from '@larder/cache';
import { reportsOf } from './cache-report.js';

const TIERS = { hit: 'store', stale: 'store', miss: 'source', bypass: 'source' } as const;

const read = (
  outcome: ReadOutcome,
  stored = false,
  shared = false,
): Pick<Read<unknown>, 'tier' | 'outcome' | 'stored' | 'shared'> => {
  return { outcome, tier: TIERS[outcome], stored, shared };
};
const held = { ...read('hit'), tier: 'l1' as const };

describe('reportsOf', () => {
  it('says nothing of nothing', () => {
    expect(reportsOf('c', [])).toEqual([]);
  });

  it.each([
    [[read('hit'), read('hit')], { outcome: 'hit' }],
    [[held, held], { outcome: 'hit', l1: true }],
    [[read('hit'), held], { outcome: 'hit', l1: true }],
    [[held, read('miss', true)], { outcome: 'partial', l1: true, stored: true }],
    [[held, read('stale')], { outcome: 'stale', l1: true }],
    [[read('stale'), read('miss', true)], { outcome: 'partial', stored: true }],
    [[read('miss', true), read('miss', true, true)], { outcome: 'miss', stored: true, shared: true }],
    [[read('hit'), read('miss', true)], { outcome: 'partial', stored: true }],
    [[read('miss', true), read('miss')], { outcome: 'miss' }],
    [[read('bypass'), read('bypass')], { outcome: 'bypass' }],
    [[read('bypass'), read('hit')], { outcome: 'partial' }],
  ])('sums %j up', (reads, report) => {
    expect(reportsOf('c', reads)).toEqual([{ cache: 'c', l1: false, stored: false, shared: false, ...report }]);
  });
});
