import type { Mark } from './mark.js';
import type { Space } from './space.js';

/**
 * How far into its life an entry is. `fresh`: serve it. `early`: serve it and load it anew. `stale`: past its TTL, serve
 * it and load it anew. `grace`: load it anew, and serve it only if that fails or is slow. `over`: not to be served.
 */
export type Stage = 'fresh' | 'early' | 'stale' | 'grace' | 'over';

type Lifetimes<Value> = Pick<
  Space<Value>,
  'ttlMs' | 'ttlMsOf' | 'negativeTtlMs' | 'staleMs' | 'graceMs' | 'earlyRefresh'
>;

/** Up to so much of a TTL is taken off, so that entries stored together do not expire together. */
const JITTER = 0.1;
/** Where keys differ most; all of a long key would cost a hit more than its lookup. */
const KEY_CHARS = 12;

/** The TTL of one entry in milliseconds, the same whoever asks. `null`: of a cached absence. */
export function ttlOf<Value>(space: Lifetimes<Value>, key: string, mark: Mark, value: Value | null): number {
  const ttlMs = value === null ? space.negativeTtlMs : ownTtlMs(space, value);
  return Math.ceil(ttlMs * (1 - JITTER * scatter(key, mark)));
}

/**
 * How long the store keeps an entry, in milliseconds: its TTL, and past it as long as it may be served. An absence that
 * lives shorter than values is kept for as long again at most: anybody can ask for any number of things that do not exist.
 */
export function keptMs<Value>(space: Lifetimes<Value>, key: string, mark: Mark, value: Value | null): number {
  const pastMs = Math.max(space.staleMs, space.graceMs);
  const isBrief = value === null && space.negativeTtlMs < space.ttlMs;
  return ttlOf(space, key, mark, value) + (isBrief ? Math.min(pastMs, space.negativeTtlMs) : pastMs);
}

/** How old an entry is when it is no longer `fresh`, in milliseconds. */
export function freshMs<Value>(space: Lifetimes<Value>, key: string, mark: Mark, value: Value | null): number {
  return ttlOf(space, key, mark, value) * (1 - space.earlyRefresh);
}

/** The stage of an entry that is `ageMs` old. */
export function stageOf<Value>(
  space: Lifetimes<Value>,
  { key, mark, value }: { readonly key: string; readonly mark: Mark; readonly value: Value | null },
  ageMs: number,
): Stage {
  if (isYoung(space, value, ageMs)) return 'fresh';
  const ttlMs = ttlOf(space, key, mark, value);
  const pastMs = ageMs - ttlMs;
  if (pastMs < 0) return space.earlyRefresh > 0 && -pastMs <= ttlMs * space.earlyRefresh ? 'early' : 'fresh';
  if (pastMs < space.staleMs) return 'stale';
  return isInGrace(space, ageMs, pastMs) ? 'grace' : 'over';
}

/** An entry that was told to be out of date has its grace however old it is: the store ends it. */
function isInGrace({ graceMs }: { readonly graceMs: number }, ageMs: number, pastMs: number): boolean {
  return pastMs < graceMs || (ageMs === Infinity && graceMs > 0);
}

/** Whether an entry is fresh whatever its jitter, as most hits are: the exact TTL costs a hit more than all else here. */
function isYoung<Value>(space: Lifetimes<Value>, value: Value | null, ageMs: number): boolean {
  const ttlMs = value === null ? space.negativeTtlMs : space.ttlMs;
  return space.ttlMsOf === null && ageMs < ttlMs * (1 - JITTER) * (1 - space.earlyRefresh);
}

function ownTtlMs<Value>({ ttlMs, ttlMsOf }: Lifetimes<Value>, value: Value): number {
  const ownMs = ttlMsOf ? ttlMsOf(value) : ttlMs;
  return ownMs > 0 && ownMs < ttlMs ? ownMs : ttlMs;
}

/** A number from 0 to 1 that looks random and follows from the key's end and the mark (FNV-1a). */
function scatter(key: string, mark: Mark): number {
  let hash = 0x811c9dc5;
  for (let at = Math.max(0, key.length - KEY_CHARS); at < key.length; at++) hash = mix(hash, key.charCodeAt(at));
  for (let at = 0; at < mark.length; at++) hash = mix(hash, mark.charCodeAt(at));
  return ((hash ^ (hash >>> 15)) >>> 0) / 0xffffffff;
}

function mix(hash: number, code: number): number {
  return Math.imul(hash ^ code, 0x01000193);
}
