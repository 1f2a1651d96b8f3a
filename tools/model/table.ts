/** Lines of a table: numbers to the right, everything else to the left, under a header and a rule. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const texts = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? cell.toLocaleString('en') : cell)));
  const widths = header.map((title, column) => Math.max(title.length, ...texts.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], numeric: (column: number) => boolean): string =>
    cells
      .map((cell, column) => (numeric(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  const isNumeric = (column: number): boolean => typeof rows[0]?.[column] === 'number';
  return [
    line(header, isNumeric),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...texts.map((row) => line(row, isNumeric)),
  ].join('\n');
}
