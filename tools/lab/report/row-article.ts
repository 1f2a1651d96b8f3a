import type { Example, Violations } from '../checker/findings.js';
import { quantileOf, readable } from '../figures.js';
import { BOUND_MS } from '../levels.js';
import type { RowResult } from '../row-run.js';
import { brokenPromises } from '../verdict.js';
import { gonePlot } from './gone-plot.js';
import { html, type Html } from './html.js';
import { stalenessPlot } from './staleness-plot.js';

/** All about one cache: what it is, what it promises, its plots, and the first of its old answers as one can follow them. */
export function rowArticle(row: RowResult): Html {
  const { label, what, findings, faults, durationMs } = row;
  const gone = findings.commitToGoneMs;
  return html`<article>
    <h3>${label}</h3>
    <p>${capital(what)}. ${promiseOf(row)}</p>
    <figure>
      ${stalenessPlot({ bins: findings.bins, faults, durationMs, boundMs: BOUND_MS })}
      <figcaption>
        Age of the oldest hit in each ${Math.round(durationMs / findings.bins.length)} ms, logarithmic; no bar: every
        hit was fresh. Bands are faults, by their numbers in the list. The dashed line is at ${BOUND_MS} ms.
      </figcaption>
    </figure>
    <figure>
      ${gonePlot(gone)}
      <figcaption>
        Commit to gone: the share of ${gone.length.toLocaleString('en')} writes, in per cent, by how long after the
        commit the old version was still served, at most so many milliseconds. Median ${readable(quantileOf(gone, 0.5))}
        ms, 99 % within ${readable(quantileOf(gone, 0.99))} ms, at most ${readable(gone.at(-1) ?? 0)} ms.
      </figcaption>
    </figure>
    ${examplesOf('Reads older than an acknowledged write', findings.staleAfterAcknowledge)}
    ${examplesOf(`Hits older than ${BOUND_MS} ms`, findings.beyondBound)}
  </article>`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function promiseOf(row: RowResult): Html {
  if (row.promised.level === null) return html`<span class="dim">It promises nothing here and is only measured.</span>`;
  const broken = brokenPromises(row);
  const words = `${row.promised.level}${row.promised.sessions ? ', and no reader goes back' : ''}`;
  if (broken.length === 0) return html`It promises <em>${words}</em>: <span class="kept">kept</span>.`;
  return html`It promises <em>${words}</em>: <span class="broken">broken: ${broken.join('; ')}</span>.`;
}

function examplesOf(what: string, { count, examples }: Violations): Html {
  if (count === 0) return html``;
  return html`<details>
    <summary>${what}: ${count.toLocaleString('en')}, the first of them</summary>
    <ol>
      ${examples.map((example) => html`<li>${sentenceOf(example)}</li>`)}
    </ol>
  </details>`;
}

function sentenceOf({ process, session, key, startMs, outcome, version, expected, staleMs }: Example): string {
  const age = Number.isFinite(staleMs) ? `${readable(staleMs)} ms` : 'long';
  return `At ${startMs.toFixed(1)} ms reader ${session} of process ${process} asked for key ${key} and got version ${version} (a ${outcome}) in the place of ${expected}, at least; it had been old for ${age}.`;
}
