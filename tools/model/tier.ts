import { servedBy, type Emit, type Model, type Moves } from './model.js';
import { SILENT, type State, type Tier } from './state.js';

/** What the process's own tier does: keep what a read has found, hear its feed in order, lose it, hear it again. */
export const tierMoves: Moves = (state, model, emit) => {
  const { tier } = state;
  if (tier === null) return;
  const turning = tier.isOn ? 'the feed is lost' : 'the feed is heard';
  emit(withTier(state, turned(tier, !tier.isOn)), () => turning);
  if (tier.found === null) find(state, tier, emit);
  else keep(state, { tier, found: tier.found, model }, emit);
  if (tier.feed.length > 0) {
    emit(withTier(state, afterHearing(tier)), () => `the process hears: ${describe(tier.feed[0])}`);
  }
};

function find(state: State, tier: Tier, emit: Emit): void {
  const row = servedBy(state.primary);
  if (row > 0) {
    emit(withTier(state, { ...tier, found: { row, isCurrent: true } }), () => `a read finds ${row} in the store`);
  }
}

interface Keeping {
  readonly tier: Tier;
  readonly found: NonNullable<Tier['found']>;
  readonly model: Model;
}

function keep(state: State, { tier, found, model }: Keeping, emit: Emit): void {
  const isKept = tier.isOn && model.rules.promotes(found.isCurrent) && tier.held <= found.row;
  const held = isKept ? found.row : tier.held;
  const what = isKept ? 'kept' : 'not kept';
  emit(withTier(state, { ...tier, held, found: null }), () => `what it has found is ${what} in the process`);
}

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
