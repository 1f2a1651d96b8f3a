import type { CacheReport } from '@larder/platform';
import { cacheStatus } from './cache-status.js';

const report = (more: Partial<CacheReport>): CacheReport => ({
  cache: 'larder-product',
  outcome: 'hit',
  l1: false,
  stored: false,
  shared: false,
  ...more,
});

describe('cacheStatus', () => {
  it.each<[string, Partial<CacheReport>]>([
    ['larder-product; hit', {}],
    ['larder-product; hit; detail=l1', { l1: true }],
    ['larder-product; hit; detail=stale', { outcome: 'stale' }],
    ['larder-product; hit; detail=stale', { outcome: 'stale', l1: true }],
    ['larder-product; fwd=miss; stored', { outcome: 'miss', stored: true }],
    ['larder-product; fwd=miss; collapsed', { outcome: 'miss', shared: true }],
    ['larder-product; fwd=partial', { outcome: 'partial', l1: true }],
    ['larder-product; fwd=bypass', { outcome: 'bypass' }],
  ])('says %s', (text, more) => {
    expect(cacheStatus([report(more)])).toBe(text);
  });

  it('names the caches in the order in which they were asked', () => {
    expect(cacheStatus([report({ cache: 'larder-list' }), report({ outcome: 'miss' })])).toBe(
      'larder-list; hit, larder-product; fwd=miss',
    );
  });

  it('is absent when no cache was asked', () => {
    expect(cacheStatus([])).toBeUndefined();
    expect(cacheStatus(undefined)).toBeUndefined();
  });
});
