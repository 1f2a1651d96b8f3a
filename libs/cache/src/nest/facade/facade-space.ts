import type { ValueSchema } from '../../core/schema.js';
import { defineSpace } from '../../core/define-space.js';
import type { Space, SpaceDefinition } from '../../core/space.js';

/** A value of any kind, with the TTL that it was set with in milliseconds; without one it has that of the facade. */
export interface Boxed {
  readonly value: unknown;
  readonly ttlMs?: number;
}

/** What `CacheModule.forCacheManager` takes. */
export interface CacheFacadeOptions extends Pick<
  SpaceDefinition<Boxed>,
  'maxValueBytes' | 'serializer' | 'compressAboveBytes' | 'staleMs' | 'graceMs' | 'earlyRefresh'
> {
  /** The service that owns the entries, a lower-case name. */
  readonly service: string;
  /** The space of the entries, a lower-case name; `http` unless given. One facade has one space. */
  readonly entity?: string;
  /** How long a value stays that is set without a TTL, in milliseconds, > 0. */
  readonly ttlMs: number;
  /**
   * How long after a `get` that missed its `set` is awaited, in milliseconds, an integer > 0 and below the cache's
   * `tombstoneMs`, after which no `set` could store under its reservation; 10,000 unless given. Longer than any load: a `set` that comes later counts as a write. After a load that failed and a deletion, a
   * key is cached again so much later at the latest.
   */
  readonly longestLoadMs?: number;
}

const MAX_TTL_MS = 30 * 24 * 3_600_000;

/** The space behind a facade. TTLs are the values' own, up to 30 days. */
export function facadeSpace(options: Omit<CacheFacadeOptions, 'longestLoadMs'>): Space<Boxed> {
  const { service, entity = 'http', ttlMs, ...more } = options;
  if (!(ttlMs > 0)) throw new RangeError(`ttlMs is greater than 0, not ${ttlMs}`);
  return defineSpace({
    ...more,
    service,
    entity,
    value: boxSchema,
    ttlMs: MAX_TTL_MS,
    ttlMsOf: (box) => box.ttlMs ?? ttlMs,
  });
}

const boxSchema: ValueSchema<Boxed> = {
  '~standard': {
    validate: (input) =>
      isBoxed(input) ? { value: input } : { issues: [{ message: 'not what the facade has stored' }] },
  },
};

/** A value with its TTL; without one it has that of the facade, with one that is no finite number above 0 the longest. */
export function boxed(value: unknown, ttlMs: number | null | undefined): Boxed {
  if (ttlMs === undefined || ttlMs === null) return { value };
  return { value, ttlMs: Number.isFinite(ttlMs) && ttlMs > 0 ? ttlMs : MAX_TTL_MS };
}

function isBoxed(input: unknown): input is Boxed {
  if (typeof input !== 'object' || input === null || !('value' in input)) return false;
  return !('ttlMs' in input) || typeof input.ttlMs === 'number';
}
