import { LEVELS, type Level } from '../levels.js';
import type { RunResult } from '../run.js';
import { tablesOf } from '../tables.js';
import { html } from './html.js';
import { introduction } from './introduction.js';
import { levelTables } from './level-tables.js';
import { outcomesPlot } from './outcomes-plot.js';
import { rowArticle } from './row-article.js';
import { STYLE } from './style.js';

/** The report of a run: one page that needs nothing else, neither a network nor scripts. */
export function reportOf(run: RunResult, levels: readonly Level[] = LEVELS): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Freshness under faults</title>
        ${STYLE}
      </head>
      <body>
        ${introduction(run)}
        <main>
          ${levelTables(tablesOf(levels, run.rows))}
          <h2>Reads by outcome</h2>
          ${outcomesPlot(run.rows)}
          <h2>Each cache over time</h2>
          ${run.rows.map(rowArticle)}
        </main>
        <footer>
          <p class="dim">
            Made by <code>npm run verify:freshness -- --seconds ${run.seconds} --seed ${run.seed}</code>. The same seed
            plans the same faults.
          </p>
        </footer>
      </body>
    </html> `;
  return page.text;
}
