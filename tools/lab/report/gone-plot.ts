import { html, percentOf, type Html } from './html.js';

/** Upper ends of the columns, in milliseconds; the first holds what was gone at once, the last everything longer. */
const ENDS_MS = [0, 1, 3, 10, 30, 100, 300, 1_000, 3_000, Infinity];
const LABELS = ['0', '1', '3', '10', '30', '100', '300', '1 s', '3 s', 'more'];
const [COLUMN, HEIGHT] = [100, 100];

/** How many writes fall into each column: the numbers are milliseconds from the commit to the last hit of something older. */
export function columnsOf(goneMs: readonly number[]): number[] {
  const counts = ENDS_MS.map(() => 0);
  for (const ms of goneMs) {
    const column = ENDS_MS.findIndex((end) => ms <= end);
    counts[column] = (counts[column] ?? 0) + 1;
  }
  return counts;
}

/** The share of writes by how long what they replaced was still served. */
export function gonePlot(goneMs: readonly number[]): Html {
  const total = Math.max(1, goneMs.length);
  const shares = columnsOf(goneMs).map((count) => count / total);
  const label = `Writes by the time from commit to gone, in milliseconds: ${shares.map((share, index) => `up to ${LABELS[index] ?? ''}: ${textOf(share)} per cent`).join(', ')}`;
  return html`<div class="plot">
    <div class="ticks up">
      ${[0, 0.5, 1].map((share) => html`<span style="bottom:${percentOf(share, 1)}">${percentOf(share, 1)}</span>`)}
    </div>
    <div class="area">
      <svg
        viewBox="0 0 ${COLUMN * shares.length} ${HEIGHT}"
        preserveAspectRatio="none"
        role="img"
        aria-label="${label}"
      >
        <line class="grid" x1="0" x2="${COLUMN * shares.length}" y1="${HEIGHT}" y2="${HEIGHT}" />
        ${shares.map((share, index) => html`<rect class="gone" x="${index * COLUMN + 12}" y="${HEIGHT * (1 - share)}" width="${COLUMN - 24}" height="${HEIGHT * share}" />`)}
      </svg>
    </div>
    <div class="columns">${LABELS.map((text) => html`<span>${text}</span>`)}</div>
    <div class="columns">${shares.map((share) => html`<span>${textOf(share)}</span>`)}</div>
  </div>`;
}

function textOf(share: number): string {
  if (share === 0) return '·';
  return share < 0.001 ? '<.1' : `${Number((share * 100).toPrecision(share < 0.1 ? 1 : 2))}`;
}
