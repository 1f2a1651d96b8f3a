import type { Violation } from './explorer.js';
import type { Entry } from './protocol.js';
import type { Node, State } from './state.js';

const EVENT_CHARS = 62;

/** What happened, step by step, with what the key holds after each; then the read that must not be. */
export function describeViolation({ events, answer }: Violation): string {
  const width = Math.min(EVENT_CHARS, Math.max(...events.map(({ label }) => label.length)));
  const lines = events.map(
    ({ label, state }, index) => `${String(index + 1).padStart(4)}  ${label.padEnd(width)}  ${describeState(state)}`,
  );
  return [...lines, `      a read returns ${answer.row}, though ${answer.because}`].join('\n');
}

/** In the words of the protocol: `V1` a value, `T2` a tombstone, `I0` an intent, `-` nothing; then what else stands beside it. */
function describeState({ primary, tier }: State): string {
  const parts = [describeEntry(primary)];
  if (primary.at !== null) parts.push(`at ${primary.at}`);
  if (primary.certificate !== null) parts.push(`certificate ${primary.certificate}`);
  if (tier !== null && tier.held > 0) parts.push(`in the process ${tier.held}`);
  return parts.join(', ');
}

function describeEntry({ slot, tag }: Node): string {
  const entry = slot?.entry ?? null;
  if (entry === null) return '-';
  switch (entry.state) {
    case 'value':
      return `V${entry.payload.charAt(1)}${Number(entry.payload.charAt(0)) === tag ? '' : ' of a retired tag'}${leased(entry)}`;
    case 'tombstone':
      return `T${entry.floor}${leased(entry)}`;
    case 'intent':
      return `I${entry.floor} of ${entry.transactions.join(' and ')}`;
  }
}

function leased({ lease }: Extract<Entry, { state: 'value' | 'tombstone' }>): string {
  return lease === null ? '' : ', leased';
}
