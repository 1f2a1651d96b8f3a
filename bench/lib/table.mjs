import { readable } from './figures.mjs';

/** The text of one row: a line per contestant with median and quartiles, footnotes, and the aims. */
export function tableOf({ title, metrics, outcomes, aims }) {
  const names = Object.keys(metrics);
  const notes = [];
  const head = ['', ...names.map((name) => withUnit(metrics[name]))];
  const body = Object.values(outcomes).map(({ label, figures, reason }) => {
    if (reason) notes.push(`${label}: ${reason}`);
    const mark = reason ? ` [${notes.length}]` : '';
    return [label + mark, ...names.map((name) => cell(figures[name]))];
  });
  const lines = [title, '', ...align([head, ...body])];
  notes.forEach((note, index) => lines.push(`  [${index + 1}] ${note}`));
  lines.push('', ...aims.map(aimLine));
  return lines.join('\n');
}

/** One aim with its number, as in `1.32 (at most 1.5 times lru-cache): met`. */
export function aimLine({ aim, ratio, unit, verdict }) {
  return `  ${aim}: ${readable(ratio)}${unit ? ` ${unit}` : ''}${verdict ? ` - ${verdict}` : ''}`;
}

function withUnit({ label, unit }) {
  return unit ? `${label}, ${unit}` : label;
}

function cell(figure) {
  if (!figure) return '-';
  const median = `${figure.capped ? '> ' : ''}${readable(figure.median)}`;
  return figure.rounds > 1 && !figure.capped ? `${median} (${readable(figure.q1)} to ${readable(figure.q3)})` : median;
}

function align(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((text, column) => (column === 0 ? text.padEnd(widths[0]) : text.padStart(widths[column])))
      .join('   ')
      .trimEnd(),
  );
}
