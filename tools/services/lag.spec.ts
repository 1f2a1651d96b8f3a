import { Lag } from './lag.js';

let lag: Lag;

beforeEach(() => {
  lag = new Lag();
});

afterEach(() => {
  lag.stop();
});

it('counts what holds the process up, while it lasts too, and once', async () => {
  const [startedMs, before] = [performance.now(), process.cpuUsage()];
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  const heldUpMs = (): number => {
    const { user, system } = process.cpuUsage(before); // the other threads of the process go on meanwhile
    return 80 - (user + system) / 1_000;
  };
  expect(lag.totalMs).toBeGreaterThan(heldUpMs());
  expect(lag.nowMs).toBeLessThan(performance.now() - heldUpMs());
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(lag.totalMs).toBeGreaterThan(heldUpMs());
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
