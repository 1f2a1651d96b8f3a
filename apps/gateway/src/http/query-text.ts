import { Problem, type FieldError } from '../problems/problem.js';

const MAX_PARAMETERS = 32;

/**
 * Reads the query of a request target: each name once, well-formed percent-encoding, no control characters.
 * Names are data only; the record has no prototype. An empty query is an empty record.
 *
 * @param target  the request target as it came, such as `/v1/products?limit=3`
 * @throws {Problem} BAD_INPUT naming each parameter that breaks the rule
 */
export function readQuery(target: string): Record<string, string> {
  const query: Record<string, string> = Object.create(null) as Record<string, string>;
  const start = target.indexOf('?');
  if (start < 0) return query;
  const pairs = target
    .slice(start + 1)
    .split('&')
    .filter((pair) => pair !== '');
  const errors = pairs.length > MAX_PARAMETERS ? [fault('*', `more than ${MAX_PARAMETERS} parameters`)] : [];
  for (const pair of pairs.slice(0, MAX_PARAMETERS)) {
    const [name = '', ...rest] = pair.split('=');
    readParameter(query, [decode(name), decode(rest.join('='))], errors);
  }
  if (errors.length > 0) throw new Problem('BAD_INPUT', 'The query has invalid parameters.', { errors });
  return query;
}

function readParameter(
  query: Record<string, string>,
  [name, value]: [string | null, string | null],
  errors: FieldError[],
): void {
  if (name === null || name === '') errors.push(fault('*', 'has a name that cannot be read'));
  else if (value === null) errors.push(fault(name, 'is not well-formed text'));
  else if (Object.hasOwn(query, name)) errors.push(fault(name, 'is repeated'));
  else query[name] = value;
}

/** `null` for broken percent-encoding, bytes that are not UTF-8, and control characters. */
function decode(text: string): string | null {
  try {
    const decoded = decodeURIComponent(text.replaceAll('+', ' '));
    return /\p{Cc}/u.test(decoded) ? null : decoded;
  } catch {
    return null;
  }
}

function fault(field: string, detail: string): FieldError {
  return { in: 'query', field, detail };
}
