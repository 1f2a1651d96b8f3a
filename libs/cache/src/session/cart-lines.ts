import type { CartLine } from './records.js';

/** The field of a hash that holds a product's line. */
export const LINE_PREFIX = 'cart:';

/** The lines among a hash's fields, `[field, value, ...]`. A value that is no positive integer is no line. */
export function linesOf(fields: readonly string[]): CartLine[] {
  const lines: CartLine[] = [];
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [field = '', quantity] = [fields[at], Number(fields[at + 1])];
    if (!field.startsWith(LINE_PREFIX) || !Number.isSafeInteger(quantity) || quantity < 1) continue;
    lines.push({ productId: field.slice(LINE_PREFIX.length), quantity });
  }
  return inOrder(lines);
}

/** Lines by product id. */
export function inOrder(lines: readonly CartLine[]): CartLine[] {
  return lines.toSorted((a, b) => (a.productId < b.productId ? -1 : 1));
}
