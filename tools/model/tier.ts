import { servedBy, type Moves } from './model.js';
import { SILENT, type State, type Tier } from './state.js';

/** What the process's own tier does: keep what a read has found, hear its feed in order, lose it, hear it again. */
export const tierMoves: Moves = (state, { rules }, emit) => {
  const { tier } = state;
  if (tier === null) return;
  if (tier.isOn) emit(withTier(state, turned(tier, false)), () => 'the feed is lost');
  else emit(withTier(state, turned(tier, true)), () => 'the feed is heard');
  const row = servedBy(state.primary);
  if (tier.found === null && row > 0) {
    emit(withTier(state, { ...tier, found: { row, isCurrent: true } }), () => `a read finds ${row} in the store`);
  }
  if (tier.found !== null) {
    const { found } = tier;
    const isKept = tier.isOn && rules.promotes(found.isCurrent) && tier.held <= found.row;
    const held = isKept ? found.row : tier.held;
    emit(
      withTier(state, { ...tier, held, found: null }),
      () => `what it has found is ${isKept ? 'kept' : 'not kept'} in the process`,
    );
  }
  if (tier.feed.length > 0)
    emit(withTier(state, afterHearing(tier)), () => `the process hears: ${describe(tier.feed[0])}`);
};

/** The tier when its feed is lost, or heard again: emptied both times. */
export function turned({ found }: Tier, isOn: boolean): Tier {
  return { ...SILENT, isOn, found: found && { ...found, isCurrent: false } };
}

function afterHearing({ feed: [first, ...feed], ...tier }: Tier): Tier {
  if (typeof first === 'number') return { ...tier, feed, certified: first };
  return { ...tier, feed, held: 0, found: tier.found && { ...tier.found, isCurrent: false } };
}

function describe(message: number | 'invalidated' | undefined): string {
  return typeof message === 'number' ? `certificate ${message}` : String(message);
}

/** A message goes to the feed, if somebody listens: that the key was invalidated, or a certificate. */
export function heard(state: State, certificate?: number): State {
  const { tier } = state;
  if (tier?.isOn !== true) return state;
  const message = certificate ?? 'invalidated';
  if (tier.feed.at(-1) === message) return state; // the same twice in a row says no more than once
  return withTier(state, { ...tier, feed: [...tier.feed, message] });
}

function withTier(state: State, tier: Tier): State {
  return { ...state, tier };
}
