import { holds } from './fence.js';
import type { Entry } from './protocol.js';
import type { Filler, Node, State, Tier, Write } from './state.js';

const PHASES = ['idle', 'asking', 'granted', 'loaded', 'over'] as const;
const WRITE_PHASES = ['open', 'intended', 'committed', 'half-cleared', 'cleared', 'acknowledged', 'aborted'] as const;
const ZERO = 48;
/** More than any number of a state. */
const BASE = 12;

/**
 * A text that two states share only if they are the same but for names: fillers and writes are in one order, and tags are numbered as
 * they are met.
 *
 * @param token what a filler leases with
 */
export function encode(state: State, token: (filler: number) => string): string {
  const names: number[] = [];
  const { primary, replica, tier } = state;
  const head = nodeText(primary, names) + (replica === null ? '' : nodeText(replica, names));
  const fillers = state.fillers.map((filler, index) => fillerText(filler, state, { token: token(index), names }));
  const order = fillers.map((_, index) => index).sort((a, b) => compare(fillers[a] as string, fillers[b] as string));
  let text = head + char(state.committed);
  for (const index of order) {
    const stamp = (state.fillers[index] as Filler).stamp;
    text += (fillers[index] as string) + char(nameOf(stamp, names));
  }
  text += state.writes
    .map((write, index) => writeText(write, String(index + 1), state))
    .sort()
    .join('');
  for (const { upTo, isWhole } of state.log) text += char(upTo * 2 + Number(isWhole));
  return tier === null ? text : `${text}|${tierText(tier)}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

function char(code: number): string {
  return String.fromCharCode(ZERO + code);
}

/** A tag's number in the order of meeting; 0: none. */
function nameOf(tag: number | null, names: number[]): number {
  if (tag === null || tag === 0) return 0;
  const known = names.indexOf(tag);
  return known >= 0 ? known + 1 : names.push(tag);
}

/** A tag's number, if it was met already. */
function knownName(tag: number, names: readonly number[]): number {
  return tag === 0 ? 0 : names.indexOf(tag) + 2;
}

function nodeText({ slot, tag, at, certificate }: Node, names: number[]): string {
  const own = char(nameOf(tag, names)) + char(at ?? 0) + char(certificate ?? 0);
  return slot === null ? `${own}-` : own + char(Number(slot.lasting)) + entryText(slot.entry, names);
}

/** Whose lease it is shows at the fillers. */
function entryText(entry: Entry, names: number[]): string {
  switch (entry.state) {
    case 'value':
      return `V${char(entry.version)}${char(nameOf(Number(entry.payload.charAt(0)), names))}${entry.payload.charAt(1)}${leaseText(entry)}`;
    case 'tombstone':
      return `T${char(entry.floor)}${leaseText(entry)}`;
    case 'intent':
      return `I${char(entry.floor)}`;
  }
}

function leaseText({ lease }: Extract<Entry, { state: 'value' | 'tombstone' }>): string {
  return lease === null ? '-' : '+';
}

interface Holder {
  readonly token: string;
  readonly names: readonly number[];
}

function fillerText(filler: Filler, { primary, replica }: State, { token, names }: Holder): string {
  const { phase, stamp, over, row, floor, owed, certificate, snapshot } = filler;
  const held = Number(holds(primary, token)) + 2 * Number(replica !== null && holds(replica, token));
  const flags = (PHASES.indexOf(phase) * 2 + Number(over)) * 4 + held;
  return (
    char(flags) +
    char(knownName(stamp, names)) +
    char(row + BASE * floor) +
    char(owed + BASE * certificate) +
    char(snapshot)
  );
}

function writeText({ phase, version }: Write, transaction: string, { primary, replica }: State): string {
  const intents = Number(intends(primary, transaction)) + 2 * Number(replica !== null && intends(replica, transaction));
  return char(WRITE_PHASES.indexOf(phase) * 4 + intents) + char(version);
}

function intends({ slot }: Node, transaction: string): boolean {
  return slot?.entry.state === 'intent' && slot.entry.transactions.includes(transaction);
}

function tierText({ isOn, held, certified, found, feed }: Tier): string {
  const reading = found === null ? '-' : `${found.row}${Number(found.isCurrent)}`;
  return `${Number(isOn)}${held}${certified}${reading}${feed.map((each) => (each === 'invalidated' ? 'i' : each)).join('')}`;
}
