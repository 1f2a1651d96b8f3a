import { IDEMPOTENCY_FIELD } from '../http/idempotency-key.js';
import { problemsOf, type Access, type Route } from '../http/route.js';
import { SESSION_COOKIE } from '../http/session-cookie.js';
import { VERSION_FIELD } from '../http/version-token.js';
import { PROBLEMS, problemSlug, type ProblemCode } from '../problems/problem-table.js';
import { fieldsOf, type Field } from './fields.js';
import { html, prose, type Html } from './html.js';
import { schemaOf } from './schemas.js';

const WHO: Readonly<Record<Access, string>> = {
  anyone: 'anyone',
  visitor: 'anyone; the session matters if there is one',
  'signed-in': 'signed in',
  editor: 'editors',
  operator: 'operators',
};
const EXAMPLE_ID = '0f6a7c1e-52c5-4a54-9d3b-3b6c1f0e8a11';

/** One route on the documentation page; its `id` is the route's. */
export function routeArticle(route: Route): Html {
  const { id, method, path, summary, description, access, success } = route;
  return html`<article id="${id}">
    <h3><span class="method ${method}">${method}</span><code>${path}</code></h3>
    <p>${summary}. <span class="who">For ${WHO[access]}.</span></p>
    ${description === undefined ? null : prose(description)} ${fieldTable(parameters(route))}
    ${
      route.body === undefined
        ? null
        : html`<p>Body:</p>
            ${fieldTable(fieldsOf(schemaOf(route.body, 'input')))}`
    }
    <p><strong>${success.status}</strong> ${success.description}</p>
    ${success.example === undefined ? null : pre(JSON.stringify(success.example, null, 2))}
    <details>
      <summary>With curl</summary>
      ${pre(curl(route))}
    </details>
    <details>
      <summary>What can be refused</summary>
      <div class="scroll">
        <table>
          <tbody>
            ${problemsOf(route)
              .toSorted((a, b) => PROBLEMS[a].status - PROBLEMS[b].status)
              .map(refusal)}
          </tbody>
        </table>
      </div>
    </details>
  </article>`;
}

/** Fields and parameters as a table; nothing for none. */
export function fieldTable(fields: readonly Field[]): Html | null {
  if (fields.length === 0) return null;
  const rows = fields.map(
    ({ name, place, type, required, link }) =>
      html`<tr>
        <td><code>${name}</code></td>
        <td>${link === undefined ? type : html`<a href="#schema-${link}">${type}</a>`}</td>
        <td class="who">${place} ${required ? '' : 'optional'}</td>
      </tr>`,
  );
  return html`<div class="scroll">
    <table>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

function parameters({ params, query, ifMatch, idempotent, versions }: Route): Field[] {
  return [
    ...(params === undefined ? [] : fieldsOf(schemaOf(params, 'input'), 'path')),
    ...(query === undefined ? [] : fieldsOf(schemaOf(query, 'input'), 'query')),
    ...(ifMatch ? [{ name: 'If-Match', place: 'header', type: 'the ETag of what you read', required: true }] : []),
    ...(idempotent
      ? [{ name: IDEMPOTENCY_FIELD, place: 'header', type: 'the same for each repetition', required: false }]
      : []),
    ...(versions === 'shown' || versions === 'asked'
      ? [{ name: VERSION_FIELD, place: 'header', type: 'versions that you have seen', required: false }]
      : []),
  ];
}

function curl({ method, path, body, bodyExample, ifMatch, access }: Route): string {
  const address = path.replaceAll(/\{\w+\}/g, EXAMPLE_ID) + (path === '/v1/search' ? '?q=almonds' : '');
  return [
    `curl -i ${method === 'GET' ? '' : `-X ${method} `}'http://localhost:3000${address}'`,
    ...(access === 'anyone' ? [] : [`-H 'Cookie: ${SESSION_COOKIE}=…'`]),
    ...(ifMatch ? [`-H 'If-Match: "12"'`] : []),
    ...(body === undefined ? [] : [`-H 'Content-Type: application/json'`, `-d '${JSON.stringify(bodyExample)}'`]),
  ].join(' \\\n  ');
}

function pre(text: string): Html {
  return html`<pre><code>${text}</code></pre>`;
}

function refusal(code: ProblemCode): Html {
  const { status, title } = PROBLEMS[code];
  const slug = problemSlug(code);
  return html`<tr>
    <td>${status}</td>
    <td><a href="#${slug}">${slug}</a></td>
    <td>${title}</td>
  </tr>`;
}
