import type { Entry, TombstoneEntry, ValueEntry } from './record.js';

/**
 * The protocol of one key, as pure functions from what the key holds to what it holds next and what is answered.
 *
 * `MemoryStore` runs these functions; the Lua scripts of `RedisStore` say the same, and a differential test keeps
 * the two equal. Every step may run late, twice or out of order, and a key that vanishes at any moment costs a
 * load, never freshness: a fill needs its own lease to be present.
 */
export interface Step<Answer> {
  /** Absent: the key stays as it is. `null`: the key is deleted. `ttlMs` `null`: it stays until told otherwise. */
  readonly write?: { readonly entry: Entry; readonly ttlMs: number | null } | null;
  readonly answer: Answer;
}

/** `token` is unique per fill. `stamp`: a value whose payload does not begin with it counts as absent. */
export interface LeaseRequest {
  readonly token: string;
  readonly leaseMs: number;
  readonly tombstoneMs: number;
  readonly stamp: string;
}

/** `granted`: load, then fill with a version of at least `floor`. `busy`: somebody else loads for at most `waitMs` more. `bypass`: load and do not fill. */
export type LeaseAnswer =
  | { readonly kind: 'granted'; readonly floor: number }
  | { readonly kind: 'value'; readonly version: number; readonly payload: string }
  | { readonly kind: 'busy'; readonly waitMs: number }
  | { readonly kind: 'bypass' };

export interface FillRequest {
  readonly token: string;
  readonly version: number;
  readonly payload: string;
  readonly ttlMs: number;
  readonly tombstoneMs: number;
}

/** `refused`: the lease is gone. `outdated`: the row is older than the floor; the lease is given up. */
export type FillAnswer = 'stored' | 'refused' | 'outdated';

/** LEASE: asks for the right to fill. */
export function lease(entry: Entry | null, request: LeaseRequest, nowMs: number): Step<LeaseAnswer> {
  if (entry === null) return grant(0, request, nowMs);
  switch (entry.state) {
    case 'intent':
      return { answer: { kind: 'bypass' } };
    case 'value':
      return leaseOverValue(entry, request, nowMs);
    case 'tombstone': {
      const waitMs = entry.lease ? entry.lease.untilMs - nowMs : 0;
      return waitMs > 0 ? { answer: { kind: 'busy', waitMs } } : grant(entry.floor, request, nowMs);
    }
  }
}

/** FILL: stores a loaded value, if the lease that its load was granted still stands. */
export function fill(entry: Entry | null, request: FillRequest): Step<FillAnswer> {
  if (entry?.state !== 'tombstone' || entry.lease?.token !== request.token) return { answer: 'refused' };
  const { version, payload, ttlMs, tombstoneMs } = request;
  if (version < entry.floor) return { write: tombstone(entry.floor, tombstoneMs), answer: 'outdated' };
  return { write: { entry: { state: 'value', version, payload }, ttlMs }, answer: 'stored' };
}

/** RELEASE: gives a lease up without a value, so that nobody waits for it. */
export function release(entry: Entry | null, token: string, tombstoneMs: number): Step<boolean> {
  if (entry?.state !== 'tombstone' || entry.lease?.token !== token) return { answer: false };
  return { write: tombstone(entry.floor, tombstoneMs), answer: true };
}

/** INVALIDATE: nothing older than `version` may be read or filled from now on. */
export function invalidate(entry: Entry | null, version: number, tombstoneMs: number): Step<void> {
  const unchanged = { answer: undefined };
  if (entry === null) return { write: tombstone(version, tombstoneMs), answer: undefined };
  switch (entry.state) {
    case 'value':
      return entry.version < version ? { write: tombstone(version, tombstoneMs), answer: undefined } : unchanged;
    case 'tombstone':
      return entry.floor < version ? { write: tombstone(version, tombstoneMs), answer: undefined } : unchanged;
    case 'intent':
      return entry.floor < version
        ? { write: { entry: { ...entry, floor: version }, ttlMs: null }, answer: undefined }
        : unchanged;
  }
}

/** DISCARD: an invalidation by somebody who knows no version. Deletes whatever is not an intent, leases included. */
export function discard(entry: Entry | null): Step<void> {
  return entry === null || entry.state === 'intent' ? { answer: undefined } : { write: null, answer: undefined };
}

function leaseOverValue(entry: ValueEntry, request: LeaseRequest, nowMs: number): Step<LeaseAnswer> {
  if (!entry.payload.startsWith(request.stamp)) return grant(entry.version, request, nowMs);
  return { answer: { kind: 'value', version: entry.version, payload: entry.payload } };
}

function grant(floor: number, { token, leaseMs, tombstoneMs }: LeaseRequest, nowMs: number): Step<LeaseAnswer> {
  const entry: TombstoneEntry = { state: 'tombstone', floor, lease: { token, untilMs: nowMs + leaseMs } };
  return { write: { entry, ttlMs: Math.max(leaseMs, tombstoneMs) }, answer: { kind: 'granted', floor } };
}

function tombstone(floor: number, tombstoneMs: number): { entry: TombstoneEntry; ttlMs: number } {
  return { entry: { state: 'tombstone', floor, lease: null }, ttlMs: tombstoneMs };
}
