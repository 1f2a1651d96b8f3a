import type { LevelRow, LevelTable } from '../tables.js';
import { html, type Html } from './html.js';

/** A table for each level. On narrow screens each row becomes a card, so each cell says what it holds. */
export function levelTables(tables: readonly LevelTable[]): Html {
  return html`<section>${tables.map(tableOf)}</section>`;
}

function tableOf({ title, promise, head, rows }: LevelTable): Html {
  return html`<h2>${title}</h2>
    <table>
      <caption>
        The promise: ${promise}.
      </caption>
      <thead>
        <tr>
          <th scope="col">cache</th>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
          <th scope="col">promise</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map((row) => lineOf(row, head))}
      </tbody>
    </table>`;
}

function lineOf({ result, cells, verdict }: LevelRow, head: readonly string[]): Html {
  return html`<tr class="${verdict === null ? 'other' : 'own'}">
    <th scope="row">${result.label}</th>
    ${cells.map((cell, index) => html`<td data-head="${head[index] ?? ''}">${cell}</td>`)}
    <td data-head="promise">${verdict === null ? '–' : html`<span class="${verdict}">${verdict}</span>`}</td>
  </tr>`;
}
