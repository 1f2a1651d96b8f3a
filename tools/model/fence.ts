import type { Entry, Steps } from './protocol.js';
import type { Rules } from './rules.js';
import { IDLE, type Filler, type Node, type State } from './state.js';

/** Entries of every kind, none of them leased by the token `mine`. */
const STRANGERS: readonly (Entry | null)[] = [null, ...entries()];
const MINE = 'mine';

function entries(): Entry[] {
  const leases = [null, { token: 'other', untilMs: 0 }, { token: 'other', untilMs: 1 }];
  const numbers = [0, 1, 2, 3, 4];
  return numbers.flatMap((number) => [
    ...leases.flatMap((lease): Entry[] => [
      { state: 'tombstone', floor: number, lease },
      { state: 'value', version: number, mark: 'AAAAA', payload: '11', lease },
    ]),
    { state: 'intent', floor: number, transactions: ['1'] },
  ]);
}

/**
 * Whether a filler whose lease is nowhere can do nothing any more, whatever it has sent: then the same reader may begin anew, and reads
 * need no limit. Asked of the steps themselves, entry by entry, because a variant or a mistake may have changed just that.
 */
export function isFenced({ fill, release }: Steps, { token, shares }: Rules): boolean {
  if (token(0) === token(1) || shares !== 'until the load begins') return false;
  const request = { token: MINE, mark: 'AAAAA', payload: '11', ttlMs: 1, tombstoneMs: 1 };
  return STRANGERS.every(
    (entry) =>
      release(entry, MINE, 1).write === undefined &&
      [0, 1, 2, 3, 4].every((version) => fill(entry, { ...request, version }).write === undefined),
  );
}

/** Lets readers begin anew that are done, and whose lease is nowhere. */
export function recycled(state: State, token: Rules['token']): State {
  const { fillers, primary, replica } = state;
  const isDone = ({ phase }: Filler, index: number): boolean =>
    (phase === 'loaded' || phase === 'over') &&
    !holds(primary, token(index)) &&
    !(replica && holds(replica, token(index)));
  if (!fillers.some(isDone)) return state;
  return { ...state, fillers: fillers.map((filler, index) => (isDone(filler, index) ? IDLE : filler)) };
}

/** Whether the key of a node is leased with a token. */
export function holds({ slot }: Node, token: string): boolean {
  const entry = slot?.entry;
  return entry !== undefined && entry.state !== 'intent' && entry.lease?.token === token;
}
