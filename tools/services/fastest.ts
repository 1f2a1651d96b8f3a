/**
 * The shortest of up to `tries` runs of `measure`, which answers milliseconds; ends with the first that stays below `limitMs`.
 * For a limit that has to hold on a busy machine: one run over it may be the machine's doing, every run is ours.
 */
export async function fastest(
  tries: number,
  limitMs: number,
  measure: (attempt: number) => Promise<number>,
): Promise<number> {
  let leastMs = Infinity;
  for (let attempt = 1; attempt <= tries && leastMs >= limitMs; attempt += 1) {
    leastMs = Math.min(leastMs, await measure(attempt));
  }
  return leastMs;
}
