import { heard } from './tier.js';
import type { Emit, Model, Moves } from './model.js';
import type { Batch, State } from './state.js';
import { invalidated } from './writers.js';

/**
 * What the relay and the invalidator do. A batch, or the beat after it, may arrive at any time and more than once, which stands for
 * duplicates, disorder, and for a replay from the log, where it certifies nothing.
 */
export const chainMoves: Moves = (state, model, emit) => {
  const { configuration } = model;
  if (!configuration.hasChain) return;
  relay(state, emit);
  for (const [place, batch] of state.log.entries()) {
    send(state, model, { batch, after: state.log[place - 1]?.upTo }, emit);
    restart(state, model, batch.upTo, emit);
  }
  if (configuration.clears === 'key' && !configuration.hasTier) strays(state, model, emit);
};

interface Sending {
  readonly batch: Batch;
  /** `undefined`: there is no such batch, but its beat. */
  readonly after: number | undefined;
}

/** A batch, and the beat after it. */
function send(state: State, model: Model, { batch: { upTo, isWhole }, after }: Sending, emit: Emit): void {
  if (after !== undefined) deliver(state, model, { after, upTo, certificate: null }, emit);
  if (!isWhole) return;
  if (after !== undefined) deliver(state, model, { after, upTo, certificate: upTo }, emit);
  deliver(state, model, { after: upTo, upTo, certificate: upTo }, emit);
}

interface Delivery {
  readonly after: number;
  readonly upTo: number;
  readonly certificate: number | null;
}

/** A batch takes what is committed and not numbered, or the first of it. */
function relay(state: State, emit: Emit): void {
  const { log, committed } = state;
  const last = log.at(-1)?.upTo ?? 0;
  for (const upTo of new Set([last + 1, committed])) {
    if (upTo <= last || upTo > committed) continue;
    const batch = { upTo, isWhole: upTo === committed };
    emit({ ...state, log: [...log, batch] }, () => `the relay numbers ${last + 1} to ${upTo}`);
  }
}

function deliver(state: State, model: Model, { after, upTo, certificate }: Delivery, emit: Emit): void {
  const answer = model.steps.link(state.primary.at, { after, upTo });
  if (answer.kind !== 'applied') return;
  let next = state;
  for (let version = after + 1; version <= upTo; version++) next = invalidated(next, model, { version });
  next = { ...next, primary: { ...next.primary, at: upTo, certificate: certificate ?? next.primary.certificate } };
  if (certificate !== null) next = heard(next, certificate);
  emit(next, () => {
    const what = after === upTo ? `the beat at ${upTo}` : `the batch of ${after + 1} to ${upTo}`;
    return `${what} is applied${certificate === null ? '' : `, certificate ${certificate}`}`;
  });
}

/** The answer to a batch that is not the next; it may arrive late, when others are applied. */
function restart(state: State, { rules }: Model, at: number, emit: Emit): void {
  const primary = rules.restartChain(state.primary, at);
  if (primary !== state.primary) emit(heard({ ...state, primary }), () => `the chain begins anew at ${at}`);
}

/** Invalidations that come past the chain: of writers, and of events that others repeat. */
function strays(state: State, model: Model, emit: Emit): void {
  for (let version = 2; version <= state.committed; version++) {
    emit(invalidated(state, model, { version }), () => `INVALIDATE ${version}, past the chain`);
  }
}
