import fc from 'fast-check';
import type { Operation, Parameter } from './document.js';
import { anything, hostileText, type ValidValues } from './values.js';

/** A request that may be sent as it is: the target is visible ASCII, the fields are Latin-1. */
export interface FuzzRequest {
  readonly operation: Operation;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** How likely each part is valid; a quarter of the requests is so as a whole. */
const VALID = 7;

const ODD_FIELDS = fc.constantFrom(
  ...['accept', 'accept-encoding', 'accept-language', 'authorization', 'cookie', 'content-encoding', 'content-type'],
  ...['forwarded', 'if-match', 'if-none-match', 'if-modified-since', 'larder-version', 'origin', 'range', 'referer'],
  ...['sec-fetch-site', 'te', 'traceparent', 'user-agent', 'via', 'x-forwarded-for', 'x-http-method-override'],
  ...['x-request-id', 'idempotency-key', '__proto__', 'x-larder-odd'],
);
const MEDIA_TYPES = fc.constantFrom(
  'text/plain',
  'application/json; charset=latin1',
  'multipart/form-data',
  'application/xml',
  ';',
);
const NO_JSON = fc.constantFrom(
  '',
  '{',
  '[',
  '{"a":1,"a":2}',
  '{"__proto__":{}}',
  'NaN',
  '\ufeff{}',
  '['.repeat(3_000),
  '"\ud800"',
  '{"a":1}}',
);

/** Requests to `operation`: valid ones, and those that are wrong in one place or several. */
export function requestsTo(operation: Operation, values: ValidValues): fc.Arbitrary<FuzzRequest> {
  const named = (place: Parameter['in']) => operation.parameters.filter((parameter) => parameter.in === place);
  return fc
    .record({
      path: fc.tuple(...named('path').map(({ schema }) => either(values.of(schema), hostileText))),
      query: queryOf(named('query'), values),
      fields: fieldsOf(named('header')),
      odd: either(fc.constant({}), fc.dictionary(ODD_FIELDS, hostileText, { maxKeys: 3 })),
      type: either(fc.constant('application/json'), MEDIA_TYPES),
      body: bodyOf(operation, values),
    })
    .map(({ path, query, fields, odd, type, body }) => ({
      operation,
      target: filled(operation.path, path) + query,
      headers: latin1({ ...fields, ...(body !== null && { 'content-type': type }), ...odd }),
      body,
    }));
}

function either<T>(valid: fc.Arbitrary<T>, invalid: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: VALID, arbitrary: valid }, { weight: 1, arbitrary: invalid });
}

function queryOf(parameters: readonly Parameter[], values: ValidValues): fc.Arbitrary<string> {
  const pairs = parameters.map(({ name, schema, required = false }) => {
    const pair = either<unknown>(values.of(schema), anything).map((value) => `${name}=${encoded(value)}`);
    return fc.option(pair, { nil: null, freq: required ? 20 : 1 });
  });
  const extra = either(
    fc.constant(null),
    fc.tuple(hostileText, hostileText).map(([name, value]) => `${encoded(name)}=${encoded(value)}`),
  );
  return fc.tuple(...pairs, extra, extra).map((all) => {
    const given = all.filter((pair) => pair !== null);
    return given.length > 0 ? `?${given.join('&')}` : '';
  });
}

function fieldsOf(parameters: readonly Parameter[]): fc.Arbitrary<Record<string, string>> {
  const values = parameters.map(({ name, example = '' }) => {
    const valid = fc
      .nat({ max: 3 })
      .map((version) => (version === 0 ? example : example.replace(/\d+"$/, `${version}"`)));
    return [name.toLowerCase(), either(valid, hostileText)] as const;
  });
  const requiredKeys = parameters.filter(({ required }) => required === true).map(({ name }) => name.toLowerCase());
  return either(
    fc.record(Object.fromEntries(values), { requiredKeys }) as fc.Arbitrary<Record<string, string>>,
    fc.constant({}),
  );
}

function bodyOf({ body }: Operation, values: ValidValues): fc.Arbitrary<string | null> {
  const json = anything.map((value) => JSON.stringify(value));
  if (body === null) return either(fc.constant(null), fc.oneof(json, NO_JSON));
  const valid = values.of(body);
  const wrong = fc
    .tuple(valid, fc.nat(), anything, hostileText)
    .map(([value, at, other, name]) => changed(value, at, other, name));
  return fc.oneof(
    { weight: 4, arbitrary: valid.map((value) => JSON.stringify(value)) },
    { weight: 4, arbitrary: wrong.map((value) => JSON.stringify(value)) },
    { weight: 1, arbitrary: json },
    { weight: 1, arbitrary: NO_JSON },
  );
}

/** An object without one of its fields, with another value in it, or with one more. */
function changed(value: unknown, at: number, other: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return other;
  const entries = Object.entries(value);
  const index = at % (entries.length || 1);
  const rest = entries.filter((_, position) => position !== index);
  const kinds = [rest, [...rest, [entries[index]?.[0] ?? name, other]], [...entries, [name, other]]] as const;
  return Object.fromEntries(kinds[at % kinds.length] ?? rest);
}

function filled(path: string, values: readonly unknown[]): string {
  let at = 0;
  return path.replaceAll(/\{\w+\}/g, () => encoded(values[at++]));
}

function encoded(value: unknown): string {
  const text =
    typeof value === 'string' ? value : Array.isArray(value) ? value.map(String).join(',') : JSON.stringify(value);
  return encodeURIComponent(text.toWellFormed());
}

/** Node sends no other characters in fields. */
function latin1(fields: Record<string, string>): Record<string, string> {
  const all = Object.entries(fields).map(([name, value]) => [name, value.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '?')]);
  return Object.fromEntries(all) as Record<string, string>;
}
