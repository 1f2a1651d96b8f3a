import { breaks } from './breaks.js';
import { exploreVariant } from './cases.js';
import { holes } from './holes.js';
import { describeViolation } from './trace.js';
import { variants } from './variants.js';

describe('the model catches', () => {
  it.each(variants)('the variant $name: $mistake', (variant) => {
    expect(exploreVariant(variant).violation).not.toBeNull();
  });

  it.each(breaks)('a step that is broken: $name', (broken) => {
    expect(exploreVariant(broken).violation).not.toBeNull();
  });

  it.each(holes)('what no level promises: $name', (hole) => {
    expect(exploreVariant(hole).violation).not.toBeNull();
  });
});

it('tells the shortest way to a stale entry', () => {
  const { violation } = exploreVariant(variants[0]!);
  expect(describeViolation(violation!).split('\n')).toEqual([
    '   1  reader 1 looks, and finds nothing to serve  -',
    '   2  LEASE of reader 1: granted, floor 0         T0, leased',
    '   3  reader 1 loads 1                            T0, leased',
    '   4  commits 2                                   T0, leased',
    '   5  INVALIDATE 2                                -',
    '   6  FILL of reader 1 with 1: stored             V1',
    '   7  write 2 is acknowledged                     V1',
    '      a read returns 1, though 2 was acknowledged',
  ]);
});
