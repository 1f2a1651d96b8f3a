/**
 * Microseconds since `epochNs` by the machine's monotonic clock (CLOCK_MONOTONIC), which all its processes share: instants of
 * different processes compare. `performance.now()` would not do, as every process counts it from an origin of its own.
 */
export type MicrosClock = () => number;

/** A clock whose zero is the given {@link monotonicNs}. */
export function clockSince(epochNs: bigint): MicrosClock {
  return () => Number(process.hrtime.bigint() - epochNs) / 1_000;
}

/** The machine's monotonic clock, in nanoseconds. */
export function monotonicNs(): bigint {
  return process.hrtime.bigint();
}
