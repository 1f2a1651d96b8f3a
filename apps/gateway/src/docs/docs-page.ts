import type { Route } from '../http/route.js';
import { PROBLEMS, problemSlug, problemType, type ProblemCode } from '../problems/problem-table.js';
import { DOCS_STYLE } from './docs-style.js';
import { fieldsOf } from './fields.js';
import { html, Html, prose } from './html.js';
import { INTRODUCTION } from './introduction.js';
import { fieldTable, routeArticle } from './route-article.js';
import { componentSchemas } from './schemas.js';

/** Its text is hashed for the page's content policy: nothing may be added around it. */
const STYLE = new Html(`<style>${DOCS_STYLE}</style>`);

/** The documentation as one page, without scripts, fonts or anything else to load. */
export function docsPage(routes: readonly Route[]): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Larder API</title>
        ${STYLE}
      </head>
      <body>
        ${contents(routes)}
        <main>
          <h1>Larder API</h1>
          ${INTRODUCTION.map(prose)} ${byGroup(routes, routeArticle)}
          <h2 id="schemas">Schemas</h2>
          ${Object.entries(componentSchemas()).map(
            ([name, schema]) =>
              html`<article id="schema-${name}">
                <h3>${name}</h3>
                ${fieldTable(fieldsOf(schema))}
              </article>`,
          )}
          <h2 id="problems">Problems</h2>
          <p>Every error is <code>application/problem+json</code>, and its <code>type</code> is one of these.</p>
          <div class="scroll">
            <table>
              <tbody>
                ${(Object.keys(PROBLEMS) as ProblemCode[]).map(problemRow)}
              </tbody>
            </table>
          </div>
        </main>
      </body>
    </html> `.text;
}

function contents(routes: readonly Route[]): Html {
  return html`<nav aria-label="Contents">
    <strong>Larder API</strong>
    ${byGroup(routes, ({ id, summary }) => html`<a href="#${id}">${summary}</a>`)}
    <h2>Reference</h2>
    <a href="#schemas">Schemas</a><a href="#problems">Problems</a><a href="/openapi.json">OpenAPI 3.1</a>
  </nav>`;
}

function byGroup(routes: readonly Route[], show: (route: Route) => Html): Html[] {
  const groups = [...new Set(routes.map(({ group }) => group))];
  return groups.map(
    (name) =>
      html`<h2>${name}</h2>
        ${routes.filter(({ group }) => group === name).map(show)}`,
  );
}

function problemRow(code: ProblemCode): Html {
  const { status, title } = PROBLEMS[code];
  return html`<tr id="${problemSlug(code)}">
    <td>${status}</td>
    <td><code>${problemType(code)}</code></td>
    <td>${title}</td>
  </tr>`;
}
