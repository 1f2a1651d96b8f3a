import { demandOf, type Freshness } from './freshness.js';
import { given } from './given.js';
import { entityPrefix, generationTag, keyPart } from './key.js';
import { jsonSerializer } from './schema.js';
import type { Space, SpaceDefinition } from './space.js';
import { assertFreshness, assertRanges, assertVersion } from './space-ranges.js';

const DEFAULTS = {
  version: null,
  ttlMsOf: null,
  staleMs: 0,
  graceMs: 0,
  earlyRefresh: 0,
  softTimeoutMs: Infinity,
  errorBackoffMs: 100,
  schemaVersion: 1,
  alsoInvalidates: [],
  maxValueBytes: 1_048_576,
  serializer: jsonSerializer,
  compressAboveBytes: Infinity,
};

/**
 * Defines a space, usually a constant of a module that all its users share.
 * @throws {TypeError} for names that are not lower case or are reserved; @throws {RangeError} for a number out of its range, which it names
 */
export function defineSpace<Value>(definition: SpaceDefinition<Value>): Space<Value> {
  const { service, entity, ttlMs, negativeTtlMs = ttlMs, l1 } = definition;
  const freshness: Freshness = definition.freshness ?? (l1 ? 'eventual' : 'acknowledged');
  const settings = {
    ...DEFAULTS,
    ...given(definition),
    freshness,
    demand: demandOf(freshness),
    negativeTtlMs,
    l1: l1 ? { maxStalenessMs: 1_000, ...given(l1) } : null,
  };
  assertRanges(settings);
  assertFreshness(settings);
  const prefix = entityPrefix(service, entity, settings.schemaVersion);
  const prefixes = [prefix, ...settings.alsoInvalidates.map((version) => entityPrefix(service, entity, version))];
  return {
    ...settings,
    name: `${service}:${entity}`,
    generation: generationTag(service, entity),
    prefix,
    key: (id) => prefix + keyPart(id),
    entries: (id, version) => {
      if (version !== undefined) assertVersion(settings, version);
      const part = keyPart(id);
      return prefixes.map((each) => (version === undefined ? { key: each + part } : { key: each + part, version }));
    },
    intents: (id, transaction) => {
      if (freshness !== 'strict')
        throw new TypeError(`${service}:${entity} is not strict: its writers need no intents`);
      if (!/^\d+$/.test(transaction)) throw new TypeError(`A transaction is a number in digits, not "${transaction}"`);
      const part = keyPart(id);
      return prefixes.map((each) => ({ key: each + part, transaction }));
    },
  };
}
