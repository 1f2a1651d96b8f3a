import type { JsonSchema } from './schemas.js';

/** One field of an object or one parameter, as a line of a table. */
export interface Field {
  readonly name: string;
  /** Where a parameter stands; absent for the field of a body. */
  readonly place?: string;
  readonly type: string;
  readonly required: boolean;
  /** The named schema that the type is, if it is one. */
  readonly link?: string;
}

/** The fields of an object schema in words; none for anything else, and for a reference the reference itself. */
export function fieldsOf(schema: JsonSchema, place?: string): Field[] {
  const name = referred(schema);
  if (name !== undefined) return [{ name: '', type: name, required: true, link: name }];
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([field, property]) => {
    const link = referred(property) ?? referred((property.items ?? {}) as JsonSchema);
    return {
      name: field,
      type: inWords(property),
      required: required.includes(field),
      ...(place !== undefined && { place }),
      ...(link !== undefined && { link }),
    };
  });
}

function inWords(schema: JsonSchema): string {
  const {
    type,
    anyOf,
    enum: values,
    items,
    description,
  } = schema as {
    type?: string;
    anyOf?: JsonSchema[];
    enum?: string[];
    items?: JsonSchema;
    description?: string;
  };
  if (description !== undefined) return description;
  if (anyOf !== undefined) return anyOf.map(inWords).join(' or ');
  if (values !== undefined) return values.join(', ');
  if (type === 'array') return `list of ${inWords(items ?? {})}${bounds(schema, 'Items')}`;
  return referred(schema) ?? `${scalar(schema)}${range(schema)}${bounds(schema, 'Length')}`;
}

function scalar({ type, format, default: fallback }: JsonSchema): string {
  const name = typeof format === 'string' ? format : typeof type === 'string' ? type : 'anything';
  return fallback === undefined || fallback === null ? name : `${name}, ${JSON.stringify(fallback)} unless given`;
}

function range({ minimum, maximum }: JsonSchema): string {
  const known = [minimum, maximum].map((limit) =>
    Math.abs(Number(limit)) < Number.MAX_SAFE_INTEGER ? limit : undefined,
  );
  return interval(known[0], known[1], '');
}

function bounds(schema: JsonSchema, what: 'Items' | 'Length'): string {
  return interval(schema[`min${what}`], schema[`max${what}`], what === 'Items' ? ' of them' : ' characters');
}

function interval(low: unknown, high: unknown, unit: string): string {
  if (typeof high === 'number') return `, ${typeof low === 'number' ? low : 0} to ${high}${unit}`;
  return typeof low === 'number' ? `, ${low}${unit} or more` : '';
}

function referred({ $ref }: JsonSchema): string | undefined {
  return typeof $ref === 'string' ? $ref.split('/').at(-1) : undefined;
}
