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
  const end = endOfDigits(record);
  if (end === 1 || end > MAX_DIGITS + 1) return null;
  const number = Number(record.slice(1, end));
  switch (record.charAt(0)) {
    case 'V':
      return valueEntry(number, record.slice(end), null);
    case 'R':
      return leasedValue(number, record.slice(end));
    case 'T':
      return { state: 'tombstone', floor: number, lease: parseLease(record.slice(end + 1)) };
    case 'I':
      return {
        state: 'intent',
        floor: number,
        transactions: [...record.matchAll(/,(\d+);/g)].map(([, xid]) => String(xid)),
      };
    default:
      return null;
  }
}

function endOfDigits(record: string): number {
  let end = 1;
  while (isDigit(record.charCodeAt(end))) end++;
  return end;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function valueEntry(version: number, text: string, lease: Lease | null): ValueEntry | null {
  if (text.length < MARK_CHARS) return null;
  return { state: 'value', version, mark: text.slice(0, MARK_CHARS), payload: text.slice(MARK_CHARS), lease };
}

function leasedValue(version: number, text: string): ValueEntry | null {
  const [, token, until, payload] = /^[^|]{5}([^|]+)\|(\d+)\|(.*)$/s.exec(text) ?? [];
  if (token === undefined || payload === undefined) return null;
  return valueEntry(version, text.slice(0, MARK_CHARS) + payload, { token, untilMs: Number(until) });
}

function parseLease(text: string): Lease | null {
  const [token = '', until = ''] = text.split('|');
  return token === '' ? null : { token, untilMs: Number(until) };
}
