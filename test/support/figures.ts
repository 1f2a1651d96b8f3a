/** Prints what a test has measured, rounded, if LARDER_FIGURES is set: for notes on how fast things are, not for the test. */
export function figures(title: string, measured: Readonly<Record<string, number>>): void {
  if (!process.env['LARDER_FIGURES']) return;
  const shown = Object.entries(measured).map(([name, value]) => `${name} ${Math.round(value)}`);
  process.stderr.write(`${title}: ${shown.join(', ')}\n`);
}
