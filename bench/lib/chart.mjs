import { readable } from './figures.mjs';

const WIDTH = 760;
const LABELS = 250;
const NUMBERS = 120;
const BAR = 22;
const TOP = 52;
/** From this ratio on between the longest and the shortest bar, lengths are logarithmic. */
const LOG_FROM = 40;

const STYLE = `
  svg { background: #ffffff; color: #1f2328; font: 13px system-ui, sans-serif; }
  text { fill: currentColor; } .dim { opacity: .65; }
  .raw { fill: #8c959f; } .own { fill: #1a7f37; } .peer { fill: #0969da; } .spread { stroke: currentColor; stroke-width: 1.5; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; color: #e6edf3; } .raw { fill: #6e7681; } .own { fill: #3fb950; } .peer { fill: #4493f8; }
  }`;

/** An SVG of bars for the first metric of a row: medians, with a line from the first to the third quartile. */
export function chartOf({ title, metrics, outcomes }) {
  const [name, { label, unit, better }] = Object.entries(metrics)[0];
  const bars = Object.values(outcomes).map((outcome) => ({ ...outcome, figure: outcome.figures[name] }));
  const scale = scaleOf(bars.flatMap(({ figure }) => (figure ? [figure.median, figure.q3] : [])));
  const height = TOP + bars.length * (BAR + 8) + 12;
  const caption = `${label}${unit ? `, ${unit}` : ''}; ${better} is better${scale.logarithmic ? '; logarithmic' : ''}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<style>${STYLE}</style>`,
    `<text x="16" y="22" font-size="15" font-weight="600">${escaped(title)}</text>`,
    `<text x="16" y="40" class="dim">${escaped(caption)}</text>`,
    ...bars.map((bar, index) => barOf(bar, TOP + index * (BAR + 8), scale)),
    '</svg>',
    '',
  ].join('\n');
}

function barOf({ label, kind, figure }, y, scale) {
  const middle = y + BAR / 2;
  const name = `<text x="${LABELS - 8}" y="${middle + 4}" text-anchor="end">${escaped(label)}</text>`;
  if (!figure) return `${name}<text x="${LABELS}" y="${middle + 4}" class="dim">-</text>`;
  const end = LABELS + scale.length(figure.median);
  const [from, to] = [figure.q1, figure.q3].map((value) => LABELS + scale.length(value));
  const number = `${figure.capped ? '> ' : ''}${readable(figure.median)}`;
  return [
    name,
    `<rect class="${kind}" x="${LABELS}" y="${y}" width="${(end - LABELS).toFixed(1)}" height="${BAR}" rx="2"/>`,
    `<line class="spread" x1="${from.toFixed(1)}" x2="${to.toFixed(1)}" y1="${middle}" y2="${middle}"/>`,
    `<text x="${(Math.max(end, to) + 8).toFixed(1)}" y="${middle + 4}">${number}</text>`,
  ].join('');
}

function scaleOf(values) {
  const positive = values.filter((value) => value > 0);
  const max = Math.max(...positive, 0);
  const min = Math.min(...positive);
  const room = WIDTH - LABELS - NUMBERS;
  const logarithmic = max / min > LOG_FROM;
  const floor = Math.log10(min) - 0.5;
  const share = (value) => (logarithmic ? (Math.log10(value) - floor) / (Math.log10(max) - floor) : value / max);
  return { logarithmic, length: (value) => (value > 0 ? Math.max(1, share(value) * room) : 1) };
}

function escaped(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
