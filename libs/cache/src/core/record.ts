import type { Mark } from './mark.js';

/**
 * What one key holds. `value`: a version, when its load began, and its encoded payload. `tombstone`: no value; nothing
 * older than `floor` may be filled. `intent`: strict writes in flight. Who holds the lease of a value or a tombstone
 * may fill it.
 */
export type Entry = ValueEntry | TombstoneEntry | IntentEntry;

/** `untilMs` is an instant of the store's own clock. */
export interface Lease {
  readonly token: string;
  readonly untilMs: number;
}

export interface ValueEntry {
  readonly state: 'value';
  readonly version: number;
  readonly mark: Mark;
  readonly payload: string;
  readonly lease: Lease | null;
}

export interface TombstoneEntry {
  readonly state: 'tombstone';
  readonly floor: number;
  readonly lease: Lease | null;
}

export interface IntentEntry {
  readonly state: 'intent';
  readonly floor: number;
  readonly transactions: readonly string[];
}

const MARK_CHARS = 5;
const MAX_DIGITS = 16;
const ZERO = '0'.charCodeAt(0);

/**
 * The text of an entry as Redis stores it: `V<version><mark><payload>`, with a lease
 * `R<version><mark><token>|<untilMs>|<payload>`, `T<floor>|<token>|<untilMs>`, `I<floor>|,xid;,xid;`.
 */
export function formatRecord(entry: Entry): string {
  switch (entry.state) {
    case 'value':
      return entry.lease
        ? `R${entry.version}${entry.mark}${entry.lease.token}|${entry.lease.untilMs}|${entry.payload}`
        : `V${entry.version}${entry.mark}${entry.payload}`;
    case 'tombstone':
      return `T${entry.floor}|${entry.lease ? `${entry.lease.token}|${entry.lease.untilMs}` : '|'}`;
    case 'intent':
      return `I${entry.floor}|${entry.transactions.map((xid) => `,${xid};`).join('')}`;
  }
}

/** Reads what {@link formatRecord} wrote; `null` for any other text, which counts as absent. */
export function parseRecord(record: string): Entry | null {
  let number = 0;
  let end = 1;
  for (let code = record.charCodeAt(1); isDigit(code); code = record.charCodeAt(++end))
    number = number * 10 + code - ZERO;
  if (end === 1 || end > MAX_DIGITS + 1) return null;
  switch (record.charAt(0)) {
    case 'V':
      return valueEntry(number, record, end);
    case 'R':
      return leasedValue(number, record.slice(end));
    case 'T':
      return { state: 'tombstone', floor: number, lease: parseLease(record.slice(end + 1)) };
    case 'I':
      return intentEntry(number, record.slice(end));
    default:
      return null;
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= ZERO + 9;
}

/** On the path of every hit: hence no pattern, and no text cut twice. */
function valueEntry(version: number, record: string, end: number): ValueEntry | null {
  const start = end + MARK_CHARS;
  if (record.length < start) return null;
  return { state: 'value', version, mark: record.slice(end, start), payload: record.slice(start), lease: null };
}

function leasedValue(version: number, text: string): ValueEntry | null {
  const [, token, until, payload] = /^[^|]{5}([^|]+)\|(\d+)\|(.*)$/s.exec(text) ?? [];
  if (token === undefined || payload === undefined) return null;
  return {
    state: 'value',
    version,
    mark: text.slice(0, MARK_CHARS),
    payload,
    lease: { token, untilMs: Number(until) },
  };
}

function intentEntry(floor: number, text: string): IntentEntry | null {
  if (!/^\|[,;\d]*$/.test(text)) return null;
  return { state: 'intent', floor, transactions: [...text.matchAll(/,(\d+);/g)].map(([, xid]) => String(xid)) };
}

function parseLease(text: string): Lease | null {
  const [, token, until] = /^([^|]+)\|(\d+)$/.exec(text) ?? [];
  return token === undefined ? null : { token, untilMs: Number(until) };
}
