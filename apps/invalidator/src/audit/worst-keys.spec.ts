import { AUDITED_SPACES, type Expectation } from './expectation.js';
import { staleMs, WorstKeys } from './worst-keys.js';

const [space] = AUDITED_SPACES;
const expectation = (id: string, version = 2): Expectation => ({ space: space!, id, version, gone: false });

describe('the worst keys', () => {
  let worst: WorstKeys;
  const shown = (): unknown[] => worst.list().map((key) => [key.expectation.id, staleMs(key)]);
  const stale = (id: string, sinceMs: number, version?: number): void => {
    worst.stale({ expectation: expectation(id, version), sinceMs, checkedAtMs: 1_000 });
  };

  beforeEach(() => {
    worst = new WorstKeys(3);
  });

  it('are those that have been stale for the longest', () => {
    for (const [id, sinceMs] of [
      ['a', 500],
      ['b', 100],
      ['c', 900],
      ['d', 300],
      ['e', 950],
    ] as const)
      stale(id, sinceMs);
    expect(shown()).toEqual([
      ['b', 900],
      ['d', 700],
      ['a', 500],
    ]);
  });

  it('count from the oldest event that an entry does not show', () => {
    stale('a', 500, 2);
    stale('a', 900, 3);
    expect(shown()).toEqual([['a', 500]]);
  });

  it('leave when they are fresh, but not for being as new as an older event', () => {
    stale('a', 500, 3);
    stale('a', 400, 2);
    worst.fresh(expectation('a', 2));
    expect(shown()).toEqual([['a', 600]]);
    worst.fresh(expectation('a', 3));
    expect(shown()).toEqual([]);
  });
});
