import { EXPIRED, type Mark } from './mark.js';
import { floorOf, strike } from './intent-steps.js';
import type { Step } from './step.js';
import type { Entry, TombstoneEntry, ValueEntry } from './record.js';

/** What a lease is asked with. */
export interface LeaseRequest {
  /** Unique per fill. */
  readonly token: string;
  readonly leaseMs: number;
  readonly tombstoneMs: number;
  /** A value whose payload does not begin with it counts as absent. */
  readonly stamp: string;
  /** The mark of a value that is to be replaced and may be served until then; absent: any value will do. */
  readonly over?: Mark;
}

/**
 * `granted`: load, then fill with a version of at least `floor`; `atMs` is the store's time. `busy`: somebody else
 * loads for at most `waitMs` more. `bypass`: load and do not fill.
 */
export type LeaseAnswer =
  | { readonly kind: 'granted'; readonly floor: number; readonly atMs: number }
  | { readonly kind: 'value'; readonly entry: ValueEntry }
  | { readonly kind: 'busy'; readonly waitMs: number }
  | { readonly kind: 'bypass' };

export interface FillRequest {
  readonly token: string;
  readonly version: number;
  /** When the lease was granted. */
  readonly mark: Mark;
  readonly payload: string;
  readonly ttlMs: number;
  readonly tombstoneMs: number;
}

/** `refused`: the lease is gone. `outdated`: the row is older than the floor; the lease is given up. */
export type FillAnswer = 'stored' | 'refused' | 'outdated';

/** A value that a writer has just committed. `body` is what follows the stamp in a payload. */
export interface PutRequest {
  readonly version: number;
  readonly mark: Mark;
  readonly body: string;
  /** How long the stamp of a payload is; the entry keeps the stamp it has. */
  readonly stampChars: number;
  readonly ttlMs: number;
  readonly tombstoneMs: number;
}

/** What ends what is cached. `transaction`: whose intent it ends. */
export interface InvalidateRequest {
  readonly version?: number;
  readonly transaction?: string;
  readonly tombstoneMs: number;
}

/** LEASE: asks for the right to fill. */
export function lease(entry: Entry | null, request: LeaseRequest, nowMs: number): Step<LeaseAnswer> {
  if (entry === null) return grant(0, request, nowMs);
  switch (entry.state) {
    case 'intent':
      return { answer: { kind: 'bypass' } };
    case 'value':
      return leaseOverValue(entry, request, nowMs);
    case 'tombstone':
      return busy(entry, nowMs) ?? grant(entry.floor, request, nowMs);
  }
}

/** FILL: stores a loaded value, if the lease that its load was granted still stands. */
export function fill(entry: Entry | null, request: FillRequest): Step<FillAnswer> {
  if (!holds(entry, request.token)) return { answer: 'refused' };
  const { version, mark, payload, ttlMs } = request;
  if (version < floorOf(entry)) return { ...unleased(entry, request.tombstoneMs), answer: 'outdated' };
  return { write: { entry: { state: 'value', version, mark, payload, lease: null }, ttlMs }, answer: 'stored' };
}

/** RELEASE: gives a lease up without a value, so that nobody waits for it. */
export function release(entry: Entry | null, token: string, tombstoneMs: number): Step<boolean> {
  return holds(entry, token) ? { ...unleased(entry, tombstoneMs), answer: true } : { answer: false };
}

/** INVALIDATE: nothing older than `version` may be read or filled from now on; ends the intent of `transaction`, if it had one. */
export function invalidate(
  entry: Entry | null,
  { version, transaction, tombstoneMs }: InvalidateRequest & { readonly version: number },
): Step<void> {
  if (entry === null) return { write: tombstone(version, tombstoneMs), answer: undefined };
  if (entry.state === 'intent') return strike(entry, { floor: version, transaction, tombstoneMs });
  if (floorOf(entry) >= version) return { answer: undefined };
  return { write: tombstone(version, tombstoneMs), answer: undefined };
}

/** DISCARD: an invalidation by somebody who knows no version. Deletes whatever is not an intent, leases included. */
export function discard(entry: Entry | null, { transaction, tombstoneMs }: InvalidateRequest): Step<void> {
  if (entry === null) return { answer: undefined };
  return entry.state === 'intent'
    ? strike(entry, { floor: 0, transaction, tombstoneMs })
    : { write: null, answer: undefined };
}

/** EXPIRE: the value is out of date but stays at hand, for `keepMs` at most; a load that runs may not fill any more. */
export function expire(entry: Entry | null, keepMs: number): Step<void> {
  if (entry?.state === 'value') {
    return { write: { entry: { ...entry, mark: EXPIRED, lease: null }, ttlMs: { atMost: keepMs } }, answer: undefined };
  }
  if (entry?.state === 'tombstone' && entry.lease) {
    return { write: { entry: { ...entry, lease: null }, ttlMs: 'kept' }, answer: undefined };
  }
  return { answer: undefined };
}

/**
 * PUT: an {@link invalidate} with the new value at hand, which takes the place of an older one.
 *
 * Only of a row: that an older one is there shows that no later invalidation has finished. A tombstone or an absent
 * key shows nothing, because the tombstone of a later write may have been evicted; nor does a cached absence, whose
 * version is only the floor it was loaded under; and a value that was expired shows that somebody knows of a newer one.
 */
export function put(entry: Entry | null, request: PutRequest): Step<FillAnswer> {
  const { version, mark, body, stampChars, ttlMs, tombstoneMs } = request;
  if (entry?.state !== 'value' || entry.mark === EXPIRED || entry.payload.length <= stampChars) {
    return { ...invalidate(entry, { version, tombstoneMs }), answer: 'refused' };
  }
  if (version < entry.version) return { answer: 'outdated' };
  const payload = entry.payload.slice(0, stampChars) + body;
  return { write: { entry: { state: 'value', version, mark, payload, lease: null }, ttlMs }, answer: 'stored' };
}

function leaseOverValue(entry: ValueEntry, request: LeaseRequest, nowMs: number): Step<LeaseAnswer> {
  const { version, payload, mark } = entry;
  if (!payload.startsWith(request.stamp)) return grant(version, request, nowMs);
  if (request.over !== mark) return { answer: { kind: 'value', entry } };
  const { token, leaseMs } = request;
  const leased: ValueEntry = { ...entry, lease: { token, untilMs: nowMs + leaseMs } };
  const granted: LeaseAnswer = { kind: 'granted', floor: version, atMs: nowMs };
  return busy(entry, nowMs) ?? { write: { entry: leased, ttlMs: 'kept' }, answer: granted };
}

function busy({ lease: held }: ValueEntry | TombstoneEntry, nowMs: number): Step<LeaseAnswer> | null {
  const waitMs = held ? held.untilMs - nowMs : 0;
  return waitMs > 0 ? { answer: { kind: 'busy', waitMs } } : null;
}

function grant(floor: number, { token, leaseMs, tombstoneMs }: LeaseRequest, nowMs: number): Step<LeaseAnswer> {
  const entry: TombstoneEntry = { state: 'tombstone', floor, lease: { token, untilMs: nowMs + leaseMs } };
  return { write: { entry, ttlMs: Math.max(leaseMs, tombstoneMs) }, answer: { kind: 'granted', floor, atMs: nowMs } };
}

function holds(entry: Entry | null, token: string): entry is ValueEntry | TombstoneEntry {
  return entry !== null && entry.state !== 'intent' && entry.lease?.token === token;
}

function unleased(entry: ValueEntry | TombstoneEntry, tombstoneMs: number): Pick<Step<never>, 'write'> {
  return entry.state === 'value'
    ? { write: { entry: { ...entry, lease: null }, ttlMs: 'kept' } }
    : { write: tombstone(entry.floor, tombstoneMs) };
}

function tombstone(floor: number, tombstoneMs: number): { entry: TombstoneEntry; ttlMs: number } {
  return { entry: { state: 'tombstone', floor, lease: null }, ttlMs: tombstoneMs };
}
