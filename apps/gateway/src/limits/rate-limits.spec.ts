import { parseList, type Item } from 'structured-headers';
import { RateLimits } from './rate-limits.js';

const QUOTAS = { requests: 5, changes: 2 };

function limits(): { rates: RateLimits; clock: { nowMs: number } } {
  const clock = { nowMs: 1_000 };
  return { rates: new RateLimits(QUOTAS, null, () => clock.nowMs), clock };
}

const told = (field: string): [unknown, Record<string, unknown>][] =>
  (parseList(field) as Item[]).map(([name, parameters]) => [name, Object.fromEntries(parameters)]);

describe('RateLimits', () => {
  it('lets a client ask so often, and tells it in fields of the right form', () => {
    const { rates, clock } = limits();
    expect(told(rates.decide('b', false).policyField)).toEqual([
      ['requests', { q: 5, w: 60 }],
      ['changes', { q: 2, w: 60 }],
    ]);
    const decisions = Array.from({ length: 7 }, () => rates.decide('a', false));
    expect(decisions.map(({ refused }) => refused === null)).toEqual([true, true, true, true, true, false, false]);
    expect(told(decisions[1]!.field)).toEqual([
      ['requests', { r: 3, t: 60 }],
      ['changes', { r: 2, t: 60 }],
    ]);
    clock.nowMs += 59_001;
    expect(rates.decide('a', false)).toMatchObject({ refused: { retryAfterSeconds: 1 } });
    clock.nowMs += 1_000;
    expect(rates.decide('a', false).refused).toBeNull();
  });

  it('limits changes by themselves, and as requests', () => {
    const { rates } = limits();
    const refused = [true, true, true, false, false, false, false].map(
      (isChange) => rates.decide('a', isChange).refused,
    );
    expect(refused.map((one) => one?.policy)).toEqual([
      undefined,
      undefined,
      'changes',
      undefined,
      undefined,
      undefined,
      'requests',
    ]);
  });

  it('counts each client alone', () => {
    const { rates } = limits();
    for (let count = 0; count < 9; count++) rates.decide('a', false);
    expect(rates.decide('b', false).refused).toBeNull();
    expect(rates.decided).toEqual({ allowed: 6, requests: 4, changes: 0 });
  });

  it('forgets clients beyond 50,000, those first that it has not heard of for the longest', () => {
    const { rates } = limits();
    for (let count = 0; count < 9; count++) rates.decide('first', false);
    for (let count = 0; count < 49_999; count++) rates.decide(`client ${count}`, false);
    expect(rates.decide('first', false).refused).not.toBeNull();
    for (let count = 0; count < 50_000; count++) rates.decide(`stranger ${count}`, false);
    expect(rates.decide('first', false).refused).toBeNull();
  });
});
