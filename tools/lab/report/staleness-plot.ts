import type { Bin } from '../checker/findings.js';
import { FAULT_NAMES, FAULTS, type Lane } from '../faults.js';
import type { InjectedFault } from '../injector.js';
import { html, percentOf, type Html } from './html.js';

/** What is drawn: the oldest hit of each stretch of time, with the faults behind. */
export interface StalenessPlot {
  readonly bins: readonly Bin[];
  readonly faults: readonly InjectedFault[];
  readonly durationMs: number;
  readonly boundMs: number;
}

const [WIDTH, HEIGHT] = [1_000, 100];
/** Heights are logarithmic, from one millisecond to ten seconds. */
const [LOWEST_MS, HIGHEST_MS] = [1, 10_000];
const TICKS_MS = [1, 10, 100, 1_000, 10_000];
/** Marks nearer than this share of the width would overlap on a phone. */
const MARK_ROOM = 0.05;

/** Axes and numbers are text of the page, so that they stay readable at every width; the drawing alone stretches. */
export function stalenessPlot({ bins, faults, durationMs, boundMs }: StalenessPlot): Html {
  const x = (ms: number): number => (Math.min(ms, durationMs) / durationMs) * WIDTH;
  const worst = Math.max(...bins.map(({ maxStaleMs }) => maxStaleMs));
  const label = `Oldest hit over time; at most ${Math.round(worst)} ms; faults are shown as bands`;
  return html`<div class="plot">
    <div></div>
    ${marksOf('store', faults, durationMs)}
    <div class="ticks up">
      ${TICKS_MS.map((ms) => html`<span style="bottom:${percentOf(y(ms), HEIGHT)}">${timeOf(ms)}</span>`)}
    </div>
    <div class="area">
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${label}">
        ${faults.map((fault) => bandOf(fault, x))} ${TICKS_MS.map((ms) => lineAt('grid', ms))}
        ${bins.filter(({ maxStaleMs }) => maxStaleMs > 0).map((bin) => barOf(bin, x, durationMs / bins.length))}
        ${lineAt('bound', boundMs)}
      </svg>
    </div>
    <div></div>
    ${marksOf('path', faults, durationMs)}
    <div class="ticks along">
      ${[0, 0.25, 0.5, 0.75, 1].map((share) => html`<span style="left:${percentOf(share, 1)}">${secondsOf(share * durationMs)}</span>`)}
    </div>
  </div>`;
}

function y(ms: number): number {
  const share = Math.log(Math.max(ms, LOWEST_MS) / LOWEST_MS) / Math.log(HIGHEST_MS / LOWEST_MS);
  return Math.min(1, share) * HEIGHT;
}

function lineAt(name: 'grid' | 'bound', ms: number): Html {
  const at = HEIGHT - y(ms);
  return html`<line class="${name}" x1="0" x2="${WIDTH}" y1="${at}" y2="${at}" />`;
}

/** What is fresher than the lowest tick still shows as a stub. */
function barOf({ fromMs, maxStaleMs }: Bin, x: (ms: number) => number, lengthMs: number): Html {
  const height = Math.max(2, y(maxStaleMs));
  return html`<rect class="stale" x="${x(fromMs)}" y="${HEIGHT - height}" width="${x(lengthMs)}" height="${height}" />`;
}

/** The store's faults fill the upper half, those of the path the lower one, as both may last at once. */
function bandOf({ fault, fromMs, toMs }: InjectedFault, x: (ms: number) => number): Html {
  const { lane } = FAULTS[fault];
  const top = lane === 'store' ? 0 : HEIGHT / 2;
  const title = `${fault}: ${secondsOf(fromMs)} to ${secondsOf(toMs)}`;
  return html`<rect
    class="fault ${lane}"
    x="${x(fromMs)}"
    y="${top}"
    width="${x(toMs) - x(fromMs)}"
    height="${HEIGHT / 2}"
    ><title>${title}</title></rect
  >`;
}

/** Numbers of the faults, as the list of faults has them; one that finds no room is left out. */
function marksOf(lane: Lane, faults: readonly InjectedFault[], durationMs: number): Html {
  let last = -Infinity;
  const marks = faults
    .filter(({ fault }) => FAULTS[fault].lane === lane)
    .flatMap(({ fault, fromMs, toMs }) => {
      const at = (fromMs + Math.min(toMs, durationMs)) / 2 / durationMs;
      if (at - last < MARK_ROOM) return [];
      last = at;
      return [html`<span style="left:${percentOf(at, 1)}">${FAULT_NAMES.indexOf(fault) + 1}</span>`];
    });
  return html`<div class="marks">${marks}</div>`;
}

function timeOf(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`;
}

function secondsOf(ms: number): string {
  return `${Number((ms / 1_000).toFixed(1))} s`;
}
