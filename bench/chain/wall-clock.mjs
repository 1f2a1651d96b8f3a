/** Milliseconds since the epoch, with fractions; the same in all processes of a machine. */
export function wallMs() {
  return performance.timeOrigin + performance.now();
}
