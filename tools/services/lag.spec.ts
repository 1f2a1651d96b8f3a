import { Lag } from './lag.js';

it('counts what holds the process up, while it lasts too, and once', async () => {
  const startedMs = performance.now();
  const lag = new Lag();
  const endMs = startedMs + 100;
  while (performance.now() < endMs);
  const during = lag.totalMs;
  await new Promise((resolve) => setTimeout(resolve, 0));
  const after = lag.totalMs;
  lag.stop();
  expect(during).toBeGreaterThan(90);
  expect(after).toBeGreaterThanOrEqual(during);
  expect(after).toBeLessThanOrEqual(performance.now() - startedMs);
});
