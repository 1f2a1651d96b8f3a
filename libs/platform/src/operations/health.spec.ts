import { jest } from '@jest/globals';
import { Health, type HealthState } from './health.js';

const is = (state: HealthState) => async () => state;

describe('Health', () => {
  it('is up without dependencies', async () => {
    expect(await new Health().report()).toEqual({ status: 'up', checks: {} });
  });

  it.each<[HealthState, HealthState, HealthState]>([
    ['up', 'up', 'up'],
    ['degraded', 'up', 'degraded'],
    ['up', 'degraded', 'degraded'],
    ['up', 'down', 'degraded'],
    ['down', 'up', 'down'],
    ['down', 'down', 'down'],
  ])('with a critical dependency %s and another one %s is %s', async (critical, other, status) => {
    const health = new Health();
    health.add('database', is(critical), { critical: true });
    health.add('redis', is(other), { critical: false });
    expect(await health.report()).toEqual({ status, checks: { database: critical, redis: other } });
  });

  it('takes a check that throws, at once or later, for down', async () => {
    const health = new Health();
    health.add('later', async () => Promise.reject(new Error('no')), { critical: false });
    health.add(
      'at once',
      () => {
        throw new Error('no');
      },
      { critical: false },
    );
    expect((await health.report()).checks).toEqual({ later: 'down', 'at once': 'down' });
  });

  it('gives a check a second', async () => {
    jest.useFakeTimers();
    try {
      const health = new Health();
      health.add('database', () => new Promise(() => undefined), { critical: true });
      const report = health.report();
      await jest.advanceTimersByTimeAsync(999);
      expect(await Promise.race([report, Promise.resolve('pending')])).toBe('pending');
      await jest.advanceTimersByTimeAsync(1);
      expect(await report).toEqual({ status: 'down', checks: { database: 'down' } });
    } finally {
      jest.useRealTimers();
    }
  });

  it('is down once it stops', async () => {
    const health = new Health();
    health.add('database', () => new Promise(() => undefined), { critical: true }); // not asked any more
    health.stop();
    expect(await health.report()).toEqual({ status: 'down', checks: {} });
  });
});
