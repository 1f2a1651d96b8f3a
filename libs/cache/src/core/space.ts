import { buildKey, keyPrefix } from './key.js';
import type { EntryInvalidation } from './invalidation.js';

/** Anything that can check a value read from the store; zod schemas are such. */
export interface ValueSchema<Value> {
  readonly parse: (value: unknown) => Value;
}

/** What {@link defineSpace} takes. */
export interface SpaceDefinition<Value> {
  /** The service that owns the data, a lower-case name such as `catalog_service`. */
  readonly service: string;
  /** What is cached, a lower-case name such as `product`. */
  readonly entity: string;
  /** Checks what comes out of the store; a mismatch is a miss. */
  readonly value: ValueSchema<Value>;
  /** The row's version: a positive safe integer that rises with each change. Absent for derived values such as lists. */
  readonly version?: (value: Value) => number;
  /** How long a value may stay, in milliseconds, > 0; each entry gets up to a tenth less, so that they do not expire together. */
  readonly ttlMs: number;
  /** How long "there is no such thing" may stay, in milliseconds, > 0; `ttlMs` unless given. */
  readonly negativeTtlMs?: number;
}

/** One kind of cached value: where its entries are and how long they live. */
export interface Space<Value> extends Required<Omit<SpaceDefinition<Value>, 'version'>> {
  readonly version: (value: Value) => number;
  /** `service:entity`, the name in events. */
  readonly name: string;
  /** The key of `id`. @throws {TypeError} if `id` is empty */
  readonly key: (id: string) => string;
  /** The invalidation of `id` by a change that gave its row `version`. */
  readonly entry: (id: string, version?: number) => EntryInvalidation;
}

/** Defines a space. @throws {TypeError} for names that are not lower case; @throws {RangeError} for a TTL that is not positive */
export function defineSpace<Value>(definition: SpaceDefinition<Value>): Space<Value> {
  const { service, entity, ttlMs, negativeTtlMs = ttlMs } = definition;
  keyPrefix(service, entity);
  for (const ms of [ttlMs, negativeTtlMs]) {
    if (!Number.isSafeInteger(ms) || ms <= 0) throw new RangeError(`A TTL is a positive integer of ms, not ${ms}`);
  }
  const key = (id: string): string => buildKey(service, entity, id);
  return {
    name: `${service}:${entity}`,
    version: () => 0,
    ...definition,
    negativeTtlMs,
    key,
    entry: (id, version) => (version === undefined ? { key: key(id) } : { key: key(id), version }),
  };
}
