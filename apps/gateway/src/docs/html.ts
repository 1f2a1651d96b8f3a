/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

/** Builds HTML: every value that is not {@link Html} is escaped, arrays are joined, `null` and `undefined` are nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly unknown[]): Html {
  return new Html(parts.map((part, at) => (at === 0 ? part : rendered(values[at - 1]) + part)).join(''));
}

/** A sentence in which text between backticks is code. */
export function prose(text: string): Html {
  return html`<p>${text.split('`').map((part, at) => (at % 2 === 0 ? part : html`<code>${part}</code>`))}</p>`;
}

function rendered(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Html) return value.text;
  if (Array.isArray(value)) return value.map(rendered).join('');
  return escaped(typeof value === 'string' ? value : JSON.stringify(value));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
