import { turned } from './tier.js';
import type { Emit, Model, Moves } from './model.js';
import type { Node, State } from './state.js';

/**
 * What goes wrong around the protocol. That readers and writers die needs no move of its own: nobody ever has to go on. Nor has a
 * command that is lost: it never arrives.
 */
export const faultMoves: Moves = (state, model, emit) => {
  const { primary } = state;
  const { slot } = primary;
  if (slot && !slot.lasting) {
    emit(
      { ...state, primary: { ...primary, slot: null } },
      () => 'the key is evicted, expires, or is deleted by somebody',
    );
  }
  if (model.configuration.clears === 'tag' && primary.tag !== null) {
    emit({ ...state, primary: { ...primary, tag: null } }, () => 'the tag is evicted');
  }
  if (restarts(state, model)) restart(state, model, emit);
  failOver(state, emit);
};

function restarts(state: State, { configuration }: Model): boolean {
  switch (configuration.emptyRestarts) {
    case 'at any time':
      return true;
    case 'but between intent and COMMIT':
      return !state.writes.some(({ phase }) => phase === 'intended');
    case 'never':
      return false;
  }
}

/** The generation stays in those configurations that do not look at it: old stamps are then the harder case. */
function restart(state: State, { configuration }: Model, emit: Emit): void {
  const looksAtTags = configuration.hasChain || configuration.clears === 'tag';
  const primary: Node = { slot: null, tag: looksAtTags ? null : state.primary.tag, at: null, certificate: null };
  const tier = state.tier && turned(state.tier, false);
  emit({ ...state, primary, tier }, () => 'the server restarts empty');
}

/** A replica applies the commands of its primary in order and later, so it is what its primary has been at some time, ever later. */
function failOver(state: State, emit: Emit): void {
  const { primary, replica } = state;
  if (replica === null || replica === primary) return;
  emit({ ...state, replica: primary }, () => 'the replica has caught up');
  emit({ ...state, primary: replica }, () => 'the replica is promoted; what it has not applied is lost');
}
