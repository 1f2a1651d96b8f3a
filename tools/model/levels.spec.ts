import { exploreLevel } from './cases.js';
import type { Configuration } from './configuration.js';
import { configurations } from './configurations.js';
import { describeViolation } from './trace.js';

/** In full by `npm run verify:model`. */
describe('whatever happens to one row, in any order', () => {
  it.each(Object.values<Configuration>(configurations))('$level: $name keeps its promise', (configuration) => {
    const { violation, states } = exploreLevel(configuration, 'small');
    expect(violation === null ? null : describeViolation(violation)).toBeNull();
    expect(states).toBeGreaterThan(100);
  });
});
