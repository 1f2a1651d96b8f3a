import { ManualClock } from '@larder/cache/testing';
import { Sampler } from './sampler.js';

describe('a sampler of five a second', () => {
  const clock = new ManualClock();
  const sampler = new Sampler(5, clock.now);
  const taken = (offered: number): number => Array.from({ length: offered }).filter(() => sampler.take()).length;

  it('takes five of what comes at once', () => {
    expect(taken(100)).toBe(5);
  });

  it('takes one more for each fifth of a second', () => {
    expect([199, 1, 400].map((ms) => (clock.advance(ms), taken(100)))).toEqual([0, 1, 2]);
  });

  it('saves nothing up in an hour without events', () => {
    clock.advance(3_600_000);
    expect(taken(100)).toBe(5);
  });
});
