/** The documentation page's whole style sheet. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --ink: #1d2326; --soft: #5a666c; --line: #d9dfe2; --paper: #fff; --wash: #f4f6f7; --link: #0b5cad; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e9eb; --soft: #9aa7ad; --line: #333c40; --paper: #14181a; --wash: #1c2225; --link: #7db7f2; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); display: grid; grid-template-columns: 17rem minmax(0, 52rem); gap: 2.5rem; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line); font-size: .875rem; }
nav h2 { font-size: .75rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); margin: 1.25rem 0 .25rem; }
nav a { display: block; padding: .15rem 0; text-decoration: none; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
main { padding: 1.5rem 1rem 6rem; }
h1 { font-size: 1.75rem; margin: 0 0 .5rem; }
main > h2 { margin: 3rem 0 .5rem; padding-top: 1rem; border-top: 1px solid var(--line); }
article { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; padding: 0 1rem .75rem; }
article:target, tr:target { border-color: var(--link); background: var(--wash); }
article h3 { font-size: 1rem; margin: .75rem 0 .25rem; overflow-wrap: anywhere; }
article p { margin: .35rem 0; }
.method { font: 600 .75rem ui-monospace, monospace; padding: .15rem .45rem; border: 1px solid currentColor; border-radius: .25rem; margin-right: .5rem; }
.GET { color: #1a7f4b; } .POST { color: #0b5cad; } .PUT, .PATCH { color: #96610a; } .DELETE { color: #b3261e; }
@media (prefers-color-scheme: dark) { .GET { color: #5fd39a; } .POST { color: #7db7f2; } .PUT, .PATCH { color: #e0b25c; } .DELETE { color: #f2938c; } }
.who { color: var(--soft); font-size: .875rem; }
code, pre { font: .8125rem/1.5 ui-monospace, monospace; }
pre { background: var(--wash); border-radius: .375rem; padding: .75rem; overflow-x: auto; margin: .5rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .875rem; margin: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 500; }
summary { cursor: pointer; color: var(--soft); font-size: .875rem; padding: .25rem 0; }
@media (max-width: 60rem) { body { display: block; } nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); } }
`;
