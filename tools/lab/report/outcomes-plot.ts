import { percent } from '../figures.js';
import type { RowResult } from '../row-run.js';
import { html, percentOf, type Html } from './html.js';

const OUTCOMES = ['hits', 'loads', 'failed'] as const;

/** Of each row, how its reads were answered. */
export function outcomesPlot(rows: readonly RowResult[]): Html {
  return html`<figure>
    <p class="legend">
      <span><i class="key hits"></i>hit</span> <span><i class="key loads"></i>load from the database</span>
      <span><i class="key failed"></i>failed</span>
    </p>
    <div class="outcome">${rows.flatMap((row) => [html`<span>${row.label}</span>`, barOf(row)])}</div>
    <figcaption>
      Reads by outcome. A reader waits for each read before it begins the next, so that a cache which keeps its readers
      waiting while Redis is away has fewer reads, not more failures.
    </figcaption>
  </figure>`;
}

function barOf({ label, findings }: RowResult): Html {
  const whole = Math.max(1, findings.reads);
  let at = 0;
  const parts = OUTCOMES.map((name) => {
    const from = at;
    at += findings[name];
    return html`<rect
      class="${name}"
      x="${percentOf(from, whole)}"
      y="0"
      width="${percentOf(findings[name], whole)}"
      height="100%"
    />`;
  });
  const told = OUTCOMES.map((name) => `${name} ${percent(findings[name], findings.reads)}`).join(', ');
  return html`<svg role="img" aria-label="${label}: ${told}">${parts}</svg>`;
}
