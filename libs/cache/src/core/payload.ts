import type { Space } from './space.js';

/** The text between a payload's stamp and its JSON. */
const SEPARATOR = '|';

/** What a payload must begin with to be served: the current values of its tags, in order; '' without tags. */
export function stampOf(tagValues: readonly string[]): string {
  return tagValues.length === 0 ? '' : tagValues.join(',') + SEPARATOR;
}

/** A value as it is stored. @throws {TypeError} for what JSON cannot hold */
export function encodePayload(value: unknown, stamp: string): string {
  const json = JSON.stringify(value) as string | undefined;
  if (json === undefined) throw new TypeError(`JSON cannot hold a value of type ${typeof value}`);
  return stamp + json;
}

/** A decoded payload; `corrupt` when it is not what the space's schema allows. `null` is a cached absence. */
export type Decoded<Value> = { readonly kind: 'value'; readonly value: Value | null } | { readonly kind: 'corrupt' };

/** Reads what {@link encodePayload} wrote; never throws. */
export function decodePayload<Value>(space: Space<Value>, payload: string, stamp: string): Decoded<Value> {
  try {
    const value: unknown = JSON.parse(payload.slice(stamp.length));
    return { kind: 'value', value: value === null ? null : space.value.parse(value) };
  } catch {
    return { kind: 'corrupt' };
  }
}
