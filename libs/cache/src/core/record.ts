/**
 * What one key holds. `value`: a version and its encoded payload. `tombstone`: no value; nothing older than
 * `floor` may be filled, and the holder of `lease`, if there is one, may fill. `intent`: strict writes in flight.
 */
export type Entry = ValueEntry | TombstoneEntry | IntentEntry;

export interface ValueEntry {
  readonly state: 'value';
  readonly version: number;
  readonly payload: string;
}

export interface TombstoneEntry {
  readonly state: 'tombstone';
  readonly floor: number;
  /** `untilMs` is an instant of the store's own clock. */
  readonly lease: { readonly token: string; readonly untilMs: number } | null;
}

export interface IntentEntry {
  readonly state: 'intent';
  readonly floor: number;
  readonly transactions: readonly string[];
}

/** The text of an entry as Redis stores it: `V<version>|payload`, `T<floor>|<token>|<untilMs>`, `I<floor>|,xid;,xid;`. */
export function formatRecord(entry: Entry): string {
  switch (entry.state) {
    case 'value':
      return `V${entry.version}|${entry.payload}`;
    case 'tombstone':
      return `T${entry.floor}|${entry.lease ? `${entry.lease.token}|${entry.lease.untilMs}` : '|'}`;
    case 'intent':
      return `I${entry.floor}|${entry.transactions.map((xid) => `,${xid};`).join('')}`;
  }
}

/** Reads what {@link formatRecord} wrote; `null` for any other text, which counts as absent. */
export function parseRecord(record: string): Entry | null {
  const bar = record.indexOf('|');
  const number = record.slice(1, bar);
  if (bar < 2 || !/^\d{1,16}$/.test(number)) return null;
  const rest = record.slice(bar + 1);
  switch (record.charAt(0)) {
    case 'V':
      return { state: 'value', version: Number(number), payload: rest };
    case 'T':
      return { state: 'tombstone', floor: Number(number), lease: parseLease(rest) };
    case 'I':
      return {
        state: 'intent',
        floor: Number(number),
        transactions: [...rest.matchAll(/,(\d+);/g)].map(([, xid]) => String(xid)),
      };
    default:
      return null;
  }
}

function parseLease(text: string): TombstoneEntry['lease'] {
  const [token = '', until = ''] = text.split('|');
  return token === '' ? null : { token, untilMs: Number(until) };
}
