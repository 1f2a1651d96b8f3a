/** The questions that a row's `judge` may ask. NaN for what was not measured. */
export function figuresOf(row, outcomes) {
  const median = (name, metric) => outcomes[name]?.figures[metric]?.median ?? NaN;
  const worst = (name, metric) => outcomes[name]?.figures[metric]?.worst ?? NaN;
  const bestPeer = (metric) => {
    const peers = Object.entries(outcomes).filter(
      ([name, { kind }]) => kind === 'peer' && !Number.isNaN(median(name, metric)),
    );
    const sign = row.metrics[metric].better === 'lower' ? 1 : -1;
    peers.sort(([a], [b]) => sign * (median(a, metric) - median(b, metric)));
    const [best] = peers;
    return best
      ? { name: best[0], label: best[1].label, median: median(best[0], metric) }
      : { label: 'none', median: NaN };
  };
  return { median, worst, bestPeer };
}

/** The aims of a row with their verdicts: `met`, `not met`, `not measured`, or null where only the ratio is told. */
export function judge(row, outcomes) {
  return row.judge(figuresOf(row, outcomes)).map((aim) => ({ ...aim, verdict: verdictOf(aim) }));
}

function verdictOf({ ratio, atMost, atLeast }) {
  if (Number.isNaN(ratio)) return 'not measured';
  if (atMost !== undefined) return ratio <= atMost ? 'met' : 'not met';
  if (atLeast !== undefined) return ratio >= atLeast ? 'met' : 'not met';
  return null;
}

/** A number as one reads it: three digits that count, thousands with commas. */
export function readable(number) {
  if (!Number.isFinite(number)) return '-';
  const size = Math.abs(number);
  if (size >= 100) return Math.round(number).toLocaleString('en');
  return String(Number(number.toPrecision(3)));
}
