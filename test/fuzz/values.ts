import fc from 'fast-check';
import type { Document, Schema } from './document.js';

const MAX_TEXT_CHARS = 60;
const MAX_ITEMS = 5;

/** Texts that have broken servers before. */
const HOSTILE = [
  ...[
    '',
    ' ',
    '\0',
    '\r\n',
    '../../etc/passwd',
    '%00',
    '%',
    '%s%n',
    "' OR 1=1 --",
    '"; DROP TABLE x',
    '${7*7}',
    '{{7*7}}',
  ],
  ...['__proto__', 'constructor', 'toString', 'null', 'undefined', 'NaN', '-0', '1e400', '0x10', '9'.repeat(40)],
  ...[
    '<script>',
    '\u202eabc',
    '\ufeff',
    'é',
    'e\u0301',
    'ﬀ',
    '🥜'.repeat(30),
    'İ',
    '\ud800',
    '-'.repeat(300),
    '('.repeat(200),
  ],
  ...['a'.repeat(5_000), '*', '?', '\\', '~!@#$%^&*()', 'or', 'and -not', '"', ':*', '& | !', '[]', '{}'],
];

const numbers = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -1, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, 5e-324, 0.1),
);

/** Text of any kind, hostile more often than not. */
export const hostileText = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 40 }),
);

/** Whatever JSON can hold. */
export const anything = fc.oneof(
  hostileText,
  numbers,
  fc.constantFrom(null, true, false, [], {}),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Makes values that schemas of `document` allow; ids are often some of `ids`. */
export class ValidValues {
  private readonly known = new Map<Schema, fc.Arbitrary<unknown>>();

  constructor(
    private readonly document: Document,
    private readonly ids: readonly string[],
  ) {}

  of(schema: Schema): fc.Arbitrary<unknown> {
    const known = this.known.get(schema) ?? this.made(schema);
    this.known.set(schema, known);
    return known;
  }

  private made(schema: Schema): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) return this.of(this.referred(schema.$ref));
    if (schema.const !== undefined) return fc.constant(schema.const);
    if (schema.enum) return fc.constantFrom(...schema.enum);
    if (schema.anyOf) return fc.oneof(...schema.anyOf.map((one) => this.of(one)));
    return this.typed(schema);
  }

  private typed(schema: Schema): fc.Arbitrary<unknown> {
    const makers: Readonly<Record<string, () => fc.Arbitrary<unknown>>> = {
      null: () => fc.constant(null),
      boolean: () => fc.boolean(),
      integer: () => integers(schema),
      array: () => this.array(schema),
      object: () => this.object(schema),
      string: () => this.text(schema),
    };
    return makers[schema.type ?? '']?.() ?? anything;
  }

  private array({ items = {}, minItems = 0, maxItems = MAX_ITEMS }: Schema): fc.Arbitrary<unknown> {
    return fc.array(this.of(items), { minLength: minItems, maxLength: Math.min(maxItems, MAX_ITEMS) });
  }

  private object({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
    const values = Object.entries(properties).map(([name, schema]) => [name, this.of(schema)] as const);
    return fc.record(Object.fromEntries(values), { requiredKeys: [...required] });
  }

  private text({ format, pattern, minLength = 0, maxLength = MAX_TEXT_CHARS }: Schema): fc.Arbitrary<string> {
    if (format === 'uuid') return fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...this.ids) }, fc.uuid());
    if (format === 'email') return fc.emailAddress();
    if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern, 'u'));
    return fc.string({
      unit: 'grapheme-ascii',
      minLength,
      maxLength: Math.min(maxLength, Math.max(minLength, MAX_TEXT_CHARS)),
    });
  }

  private referred(reference: string): Schema {
    const found = this.document.components.schemas[reference.slice(reference.lastIndexOf('/') + 1)];
    if (!found) throw new Error(`The document does not hold ${reference}`);
    return found;
  }
}

function integers({ minimum = 0, maximum = 9 }: Schema): fc.Arbitrary<number> {
  return fc.integer({ min: Math.max(minimum, -(2 ** 31)), max: Math.min(maximum, 2 ** 31 - 1) });
}
