import { Lag } from './lag.js';

let lag: Lag;

beforeEach(() => {
  lag = new Lag();
});

afterEach(() => {
  lag.stop();
});

it('counts what holds the process up, while it lasts too, and once', async () => {
  const startedMs = performance.now();
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  expect(lag.totalMs).toBeGreaterThan(80);
  expect(lag.nowMs).toBeLessThan(performance.now() - 80);
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(lag.totalMs).toBeGreaterThan(80);
  expect(lag.totalMs).toBeLessThanOrEqual(performance.now() - startedMs);
});

it('does not count what the process computes itself', async () => {
  const [startedMs, before] = [performance.now(), process.cpuUsage()];
  while (process.cpuUsage(before).user < 100_000);
  // The other threads of the process compute as well, so that it may have computed for longer than has passed.
  const othersMs = () => Math.max(0, performance.now() - startedMs - 100);
  expect(lag.totalMs).toBeLessThanOrEqual(othersMs());
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(lag.totalMs).toBeLessThanOrEqual(othersMs());
});
