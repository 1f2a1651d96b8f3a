import { assertLevel } from './freshness.js';
import { MARK_RANGE_MS } from './mark.js';
import type { L1Limits, Space } from './space.js';

/** Long enough for anything, and short enough for an age to be told from a mark. */
const MAX_LIFETIME_MS = 60 * 24 * 3_600_000;
const MAX_EARLY_SHARE = 0.9;
const MIN_L1_STALENESS_MS = 250;

type Settings = Omit<
  Space<never>,
  'value' | 'version' | 'ttlMsOf' | 'name' | 'generation' | 'prefix' | 'key' | 'entries' | 'intents'
>;

/** @throws {RangeError} for a number out of its range, which it names */
export function assertRanges(settings: Settings): void {
  const { ttlMs, negativeTtlMs, staleMs, graceMs, errorBackoffMs, schemaVersion, alsoInvalidates, l1 } = settings;
  const lifetimeMs = Math.max(ttlMs, negativeTtlMs) + Math.max(staleMs, graceMs);
  const ranges: [string, number, number, number][] = [
    ['ttlMs', ttlMs, 1, MAX_LIFETIME_MS],
    ['negativeTtlMs', negativeTtlMs, 1, MAX_LIFETIME_MS],
    ['staleMs', staleMs, 0, MAX_LIFETIME_MS],
    ['graceMs', graceMs, 0, MAX_LIFETIME_MS],
    ['the sum of ttlMs and staleMs or graceMs', lifetimeMs, 1, Math.min(MAX_LIFETIME_MS, MARK_RANGE_MS / 2)],
    ['errorBackoffMs', errorBackoffMs, 0, 60_000],
    ['schemaVersion', schemaVersion, 1, 9_999],
    ['maxValueBytes', settings.maxValueBytes, 1, 512 * 2 ** 20],
    ...alsoInvalidates.map((version): [string, number, number, number] => ['alsoInvalidates', version, 1, 9_999]),
    ...(l1 ? l1Ranges(l1) : []),
  ];
  for (const [name, value, min, max] of ranges) {
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      throw new RangeError(`${name} is an integer from ${min} to ${max}, not ${value}`);
    }
  }
  assertShares(settings);
}

function l1Ranges({ maxEntries, maxBytes, maxStalenessMs }: Required<L1Limits>): [string, number, number, number][] {
  return [
    ['l1.maxEntries', maxEntries, 1, Number.MAX_SAFE_INTEGER],
    ['l1.maxBytes', maxBytes, 1, Number.MAX_SAFE_INTEGER],
    ['l1.maxStalenessMs', maxStalenessMs, MIN_L1_STALENESS_MS, 3_600_000],
  ];
}

/** A floor that no row can reach would keep the entry out for ever. */
export function assertVersion(
  { version: versionOf, service, entity }: Settings & { readonly version: unknown },
  version: number,
): void {
  if (versionOf === null) throw new TypeError(`${service}:${entity} has no versions: invalidate its ids without one`);
  if (!Number.isSafeInteger(version) || version <= 0) {
    throw new RangeError(`A version is a positive safe integer, not ${version}`);
  }
}

/** @throws {TypeError} for what cannot go together; @throws {RangeError} */
export function assertFreshness({
  freshness,
  l1,
  version,
  service,
  entity,
}: Settings & { readonly version: unknown }): void {
  const name = `${service}:${entity}`;
  assertLevel(freshness);
  if (l1 && (freshness === 'acknowledged' || freshness === 'strict')) {
    throw new TypeError(`${name} cannot be ${freshness} with an l1: what another process invalidates is heard later`);
  }
  if (freshness === 'strict' && version === null) throw new TypeError(`${name} cannot be strict without a version`);
}

/** The settings that are no integers, or may be infinite. */
function assertShares({ earlyRefresh, softTimeoutMs, compressAboveBytes }: Settings): void {
  if (!(earlyRefresh >= 0 && earlyRefresh <= MAX_EARLY_SHARE)) {
    throw new RangeError(`earlyRefresh is a share from 0 to ${MAX_EARLY_SHARE}, not ${earlyRefresh}`);
  }
  if (!(softTimeoutMs > 0)) throw new RangeError(`softTimeoutMs is greater than 0, not ${softTimeoutMs}`);
  if (!(compressAboveBytes >= 0)) throw new RangeError(`compressAboveBytes is 0 or more, not ${compressAboveBytes}`);
}
