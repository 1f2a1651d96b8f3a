/** So many of a million; at most three digits that count. `of` is more than 0. */
export function perMillion(count: number, of: number): number {
  return (count / of) * 1_000_000;
}

/** A number as one reads it: three digits that count, thousands with commas. */
export function readable(number: number): string {
  if (!Number.isFinite(number)) return '-';
  if (Math.abs(number) >= 100) return Math.round(number).toLocaleString('en');
  return String(Number(number.toPrecision(3)));
}

/**
 * A rate per million. None in n reads says with 95 % confidence that fewer than 3/n are, and is told so.
 * (The rule of three: 0.05 = (1 - p)^n at about p = 3/n.)
 */
export function rate(count: number, of: number): string {
  if (of === 0) return '-';
  if (count === 0) return `0 (< ${readable(perMillion(3, of))})`;
  return readable(perMillion(count, of));
}

/** A share in per cent; the space before the sign does not break. */
export function percent(count: number, of: number): string {
  return of === 0 ? '-' : `${readable((count / of) * 100)}\u00a0%`;
}

/** The `share`-quantile of rising numbers; 0 of none. */
export function quantileOf(rising: readonly number[], share: number): number {
  return rising[Math.min(rising.length - 1, Math.floor(rising.length * share))] ?? 0;
}
