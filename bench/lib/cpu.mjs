/**
 * Runs `work`, which resolves to a number of operations, and returns what the process spent on each: CPU time in µs,
 * which other processes of a busy machine hardly change, and the rate per second, which they do.
 */
export async function costOf(work) {
  const before = process.cpuUsage();
  const started = performance.now();
  const operations = await work();
  const elapsedMs = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / operations, rate: (operations / elapsedMs) * 1_000 };
}
