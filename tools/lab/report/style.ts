import { Html } from './html.js';

/** The page's own look: nothing is fetched, light and dark as the reader's system has it, from a phone's width on. */
export const STYLE = new Html(`<style>
:root { color-scheme: light dark; --back: #fff; --text: #1f2328; --dim: #59636e; --line: #d1d9e0; --card: #f6f8fa;
  --own: #1a7f37; --bad: #cf222e; --hit: #1f75cb; --load: #8250df; --store: #d4a72c; --path: #54aeff; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --text: #e6edf3; --dim: #9198a1; --line: #3d444d;
  --card: #151b23; --own: #3fb950; --bad: #f85149; --hit: #4493f8; --load: #ab7df8; --store: #9e6a03; --path: #1f6feb; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.3rem; margin-top: 2.5rem; } h3 { margin-bottom: .25rem; }
p, li { max-width: 48rem; } .dim, figcaption { color: var(--dim); } small, figcaption { font-size: .875rem; }
code { font-size: .9em; } figure { margin: 1rem 0; } ul.faults { list-style: none; padding: 0; }
.kept { color: var(--own); font-weight: 600; } .broken { color: var(--bad); font-weight: 600; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--dim); padding-bottom: .5rem; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child { text-align: left; } thead th { color: var(--dim); font-weight: 500; font-size: .875rem; }
td { white-space: nowrap; } tr.own > * { background: var(--card); }
.plot { display: grid; grid-template-columns: 4rem minmax(0, 1fr); gap: 0 .5rem; font-size: .75rem; color: var(--dim); }
.plot svg { display: block; width: 100%; height: 100%; } .plot .area { position: relative; height: 9rem; }
.ticks { position: relative; } .plot .ticks.up { height: 9rem; }
.ticks span { position: absolute; white-space: nowrap; line-height: 1; }
.ticks.up span { right: 0; transform: translateY(50%); } .ticks.along { height: 1.2rem; grid-column: 2; }
.ticks.along span { transform: translateX(-50%); top: .2rem; } .ticks.along span:first-child { transform: none; }
.ticks.along span:last-child { transform: translateX(-100%); }
.marks { position: relative; height: 1.1rem; grid-column: 2; }
.marks span { position: absolute; transform: translateX(-50%); line-height: 1.1rem; }
.stale { fill: var(--bad); } .fault.store { fill: var(--store); opacity: .35; } .fault.path { fill: var(--path); opacity: .3; }
.grid { stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
.bound { stroke: var(--text); stroke-width: 1; stroke-dasharray: 4 3; vector-effect: non-scaling-stroke; }
.gone { fill: var(--hit); } .hits { fill: var(--hit); } .loads { fill: var(--load); } .failed { fill: var(--bad); }
.columns { white-space: nowrap; display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); grid-column: 2; text-align: center; }
.outcome { display: grid; grid-template-columns: minmax(0, 14rem) minmax(0, 1fr); gap: .25rem 1rem; align-items: center; }
.outcome svg { width: 100%; height: 1.1rem; display: block; }
.key { display: inline-block; width: .8em; height: .8em; margin-right: .35em; border-radius: 2px; vertical-align: -.05em; }
.key.hits { background: var(--hit); } .key.loads { background: var(--load); } .key.failed, .key.stale { background: var(--bad); }
.key.store { background: var(--store); } .key.path { background: var(--path); }
.legend span { margin-right: 1rem; white-space: nowrap; } article { border-top: 1px solid var(--line); margin-top: 2rem; }
@media (max-width: 48rem) {
  table, tbody, tr, th, td, caption { display: block; } thead { display: none; }
  tr { border: 1px solid var(--line); border-radius: 6px; margin: .75rem 0; padding: .35rem 0; }
  th, td { display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .2rem .75rem; }
  td::before { content: attr(data-head); color: var(--dim); text-align: left; white-space: normal; }
  .outcome { grid-template-columns: minmax(0, 1fr); } .plot { grid-template-columns: 3rem minmax(0, 1fr); }
}
</style>`);
