/** What a check of a value says. */
export type SchemaResult<Value> =
  { readonly value: Value; readonly issues?: undefined } | { readonly issues: readonly unknown[] };

/**
 * Anything that can check a value read from the store: a Standard Schema (https://standardschema.dev), version 1.
 * Schemas of zod, valibot and arktype are such.
 */
export interface ValueSchema<Value> {
  readonly '~standard': {
    readonly validate: (value: unknown) => SchemaResult<Value> | Promise<SchemaResult<Value>>;
  };
}

/** Turns values into text and back. What `encode` or `decode` throws is an unstorable value or a corrupt entry. */
export interface Serializer {
  readonly encode: (value: unknown) => string;
  readonly decode: (text: string) => unknown;
}

/** JSON. @throws {TypeError} for what JSON cannot hold */
export const jsonSerializer: Serializer = {
  encode: (value) => {
    const json = JSON.stringify(value) as string | undefined;
    if (json === undefined) throw new TypeError(`JSON cannot hold a value of type ${typeof value}`);
    return json;
  },
  decode: (text) => JSON.parse(text) as unknown,
};
