import { Usage, WINDOW_MS } from './usage.js';

const LIMIT = 10;

function spent(uses: number, nowMs = 0): Usage {
  const usage = new Usage();
  usage.left(LIMIT, nowMs);
  for (let use = 0; use < uses; use++) usage.spend();
  return usage;
}

describe('Usage', () => {
  it('counts down to nothing, and no further', () => {
    expect([
      spent(0).left(LIMIT, 1),
      spent(4).left(LIMIT, 1),
      spent(10).left(LIMIT, 1),
      spent(12).left(LIMIT, 1),
    ]).toEqual([10, 6, 0, 0]);
  });

  it('begins anew when its window ends, and owes nothing of the old one', () => {
    const usage = spent(10);
    expect(usage.left(LIMIT, WINDOW_MS - 1)).toBe(0);
    expect(usage.left(LIMIT, WINDOW_MS)).toBe(10);
    expect(usage.owed).toBe(0);
    expect(usage.endsInSeconds(WINDOW_MS)).toBe(60);
  });

  it('adds what it let through since to what it is told', () => {
    const usage = spent(3);
    expect(usage.handOver()).toBe(3);
    usage.spend();
    usage.learn({ used: 7, endsInMs: 5_000 }, 100); // 4 of another gateway
    expect([usage.left(LIMIT, 100), usage.owed, usage.endsInSeconds(100)]).toEqual([2, 1, 5]);
  });

  it('goes on with what it knows while it is told nothing, and tells of all of it afterwards', () => {
    const usage = spent(3);
    usage.handOver();
    usage.spend();
    usage.keep();
    expect([usage.left(LIMIT, 100), usage.owed]).toEqual([6, 4]);
    expect(usage.handOver()).toBe(4);
    usage.learn({ used: 4, endsInMs: 5_000 }, 200);
    expect([usage.left(LIMIT, 200), usage.owed]).toEqual([6, 0]);
  });

  it('owes nothing of a window that ended while it was told of', () => {
    const usage = spent(3);
    usage.handOver();
    expect(usage.left(LIMIT, WINDOW_MS)).toBe(10);
    usage.keep();
    expect(usage.owed).toBe(0);
  });

  it('ends its window when the shared one ends', () => {
    const usage = spent(3);
    usage.handOver();
    usage.learn({ used: 10, endsInMs: 40 }, 100);
    expect([usage.left(LIMIT, 139), usage.endsInSeconds(139), usage.left(LIMIT, 140)]).toEqual([0, 1, 10]);
  });
});
