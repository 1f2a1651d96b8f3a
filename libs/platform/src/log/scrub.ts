const REDACTED = '[redacted]';
const MAX_DEPTH = 6;
const MAX_ITEMS = 50;
const MAX_VERDICTS = 1_000;
const verdicts = new Map<string, boolean>();
const SECRET_FIELD =
  /pass(word|wd|phrase)|secret|cookie|token|authorization|passport|credential|api[-_]?key|service_?key|^(mac|pass|auth|command|args)$/i;
/** Text in quotes to the closing one, also where the quotes are escaped themselves; else one word. */
const VALUE = String.raw`"(?:\\.|[^"\\])*"?|\\"(?:[^"\\]|\\[^"])*(?:\\")?|'[^']*'?|[^\s"',;&]+`;
const SECRET_TEXT: readonly (readonly [RegExp, string])[] = [
  [/([a-z][a-z\d+.-]*:\/\/)[^\s/?#]*@/gi, `$1${REDACTED}@`],
  [/(__Host-[\w-]+=)[^;\s]+/g, `$1${REDACTED}`],
  [new RegExp(`((?:password|secret|token|passwd)\\\\?["']?\\s*[=:]\\s*)(?:${VALUE})`, 'gi'), `$1${REDACTED}`],
  [/(\b(?:bearer|basic)\s+)[\w.~+/=-]{8,}/gi, `$1${REDACTED}`],
];
/** Whatever {@link SECRET_TEXT} looks for has one of these in it: most texts are read once, not four times. */
const SUSPECT = /:\/\/|__Host-|password|passwd|secret|token|bearer|basic/i;
/** All that is told of an error. Drivers hang commands with their arguments, URLs and configurations on theirs: those stay out. */
const ERROR_FIELDS = ['code', 'errno', 'syscall', 'severity', 'constraint', 'table', 'routine', 'reason', 'issues'];

/** A copy of `value` to log: without what looks like a secret by its field's name or its form, bounded in depth and length. */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'object' && value !== null ? scrubObject(value, depth) : value;
}

function scrubObject(value: object, depth: number): unknown {
  if (depth >= MAX_DEPTH) return '[deep]';
  if (value instanceof Error) return scrubError(value, depth);
  if (value instanceof Date) return value;
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => scrub(item, depth + 1));
  return scrubFields(value, depth);
}

/** `text` without credentials in URLs, session cookies, and values that follow `password=` and the like. */
export function scrubText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return SECRET_TEXT.reduce((clean, [form, instead]) => clean.replace(form, instead), text);
}

/** A loop, because every request's line passes here. */
function scrubFields(value: object, depth: number): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  let left = MAX_ITEMS;
  for (const [name, field] of Object.entries(value)) {
    if (left === 0) break;
    left -= 1;
    const told = isSecret(name) ? REDACTED : scrub(field, depth + 1);
    if (name === '__proto__') Object.defineProperty(clean, name, { value: told, enumerable: true });
    else clean[name] = told;
  }
  return clean;
}

/** The names that code gives to fields are few; those that strangers give are not kept beyond some. */
function isSecret(name: string): boolean {
  const known = verdicts.get(name);
  if (known !== undefined) return known;
  const verdict = SECRET_FIELD.test(name);
  if (verdicts.size < MAX_VERDICTS) verdicts.set(name, verdict);
  return verdict;
}

function scrubError(error: Error, depth: number): Record<string, unknown> {
  const fields = error as Error & Readonly<Record<string, unknown>>;
  const { cause, errors } = fields;
  return {
    type: error.name,
    message: scrubText(error.message),
    stack: scrubText(error.stack ?? ''),
    ...Object.fromEntries(
      ERROR_FIELDS.filter((name) => fields[name] !== undefined).map((name) => [name, scrub(fields[name], depth + 1)]),
    ),
    ...(cause !== undefined && { cause: scrub(cause, depth + 1) }),
    ...(Array.isArray(errors) && { errors: scrub(errors, depth + 1) }),
  };
}
