/** The `share`-quantile (0 to 1) of numbers, interpolated; NaN of none. */
export function quantile(numbers, share) {
  if (numbers.length === 0) return NaN;
  const sorted = Float64Array.from(numbers).sort();
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

/** Median, quartiles and the worst of the rounds. `capped`: the median is a limit at which the measurement was cut off. */
export function summarise(samples, better) {
  const numbers = samples.map(({ value }) => value);
  const median = quantile(numbers, 0.5);
  const capped = samples.some((sample) => sample.capped && sample.value <= median);
  const worst = better === 'lower' ? Math.max(...numbers) : Math.min(...numbers);
  return { median, q1: quantile(numbers, 0.25), q3: quantile(numbers, 0.75), worst, rounds: numbers.length, capped };
}
