/** Text that is markup already; everything else is escaped where it is put in. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = Html | string | number | readonly (Html | string)[];

/** Markup with parts put in; what is not markup itself is escaped. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(texts.reduce((text, next, index) => text + markupOf(parts[index - 1] as Part) + next));
}

function markupOf(part: Part): string {
  if (part instanceof Html) return part.text;
  if (typeof part === 'object') return part.map(markupOf).join('');
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A share of the whole as CSS and SVG take it, in per cent. */
export function percentOf(part: number, whole: number): string {
  return `${Number(((part / whole) * 100).toFixed(3))}%`;
}
