import { RetryBudget } from './retry-budget.js';

function spendAll(budget: RetryBudget): number {
  let spent = 0;
  while (budget.spend()) spent += 1;
  return spent;
}

describe('RetryBudget', () => {
  it('has two retries at the start', () => {
    expect(spendAll(new RetryBudget())).toBe(2);
  });

  it('earns one retry in five calls', () => {
    const budget = new RetryBudget();
    spendAll(budget);
    for (let calls = 0; calls < 4; calls += 1) budget.earn();
    expect(budget.spend()).toBe(false);
    budget.earn();
    expect(spendAll(budget)).toBe(1);
  });

  it('saves up ten at most', () => {
    const budget = new RetryBudget();
    for (let calls = 0; calls < 1_000; calls += 1) budget.earn();
    expect(spendAll(budget)).toBe(10);
  });

  it('repeats a fifth of ten thousand failing calls', () => {
    const budget = new RetryBudget();
    let retries = 0;
    for (let calls = 0; calls < 10_000; calls += 1) {
      budget.earn();
      if (budget.spend()) retries += 1;
    }
    expect(retries).toBeGreaterThan(1_990);
    expect(retries).toBeLessThan(2_010);
  });
});
