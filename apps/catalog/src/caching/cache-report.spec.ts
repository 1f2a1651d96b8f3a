import type { ReadOutcome } from '@larder/cache';
import { reportsOf } from './cache-report.js';

const read = (outcome: ReadOutcome, stored = false, shared = false) => ({ outcome, stored, shared });

describe('reportsOf', () => {
  it('says nothing of nothing', () => {
    expect(reportsOf('c', [])).toEqual([]);
  });

  it.each([
    [[read('hit'), read('hit')], { outcome: 'hit', stored: false, shared: false }],
    [[read('miss', true), read('miss', true, true)], { outcome: 'miss', stored: true, shared: true }],
    [[read('hit'), read('miss', true)], { outcome: 'partial', stored: true, shared: false }],
    [[read('miss', true), read('miss')], { outcome: 'miss', stored: false, shared: false }],
    [[read('bypass'), read('bypass')], { outcome: 'bypass', stored: false, shared: false }],
    [[read('bypass'), read('hit')], { outcome: 'partial', stored: false, shared: false }],
  ])('sums %j up', (reads, report) => {
    expect(reportsOf('c', reads)).toEqual([{ cache: 'c', ...report }]);
  });
});
