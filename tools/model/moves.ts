import { chainMoves } from './chain.js';
import { faultMoves } from './faults.js';
import { recycled } from './fence.js';
import type { Emit, Model } from './model.js';
import { readerMoves } from './readers.js';
import { FIRST, IDLE, SILENT, type Node, type State } from './state.js';
import { tierMoves } from './tier.js';
import { writerMoves } from './writers.js';

/** Messages that the feed of a process's own tier holds up at a time. */
const FEED = 3;

const MOVES = [readerMoves, writerMoves, chainMoves, tierMoves, faultMoves];

/** An empty server that knows how far the chain is, and nobody at work. */
export function initial({ configuration, bounds }: Model): State {
  const { hasChain, hasReplica, hasTier } = configuration;
  const at = hasChain ? FIRST : null;
  const primary: Node = { slot: null, tag: 1, at, certificate: at };
  return {
    committed: FIRST,
    primary,
    replica: hasReplica ? primary : null,
    fillers: Array.from({ length: bounds.fillers }, () => IDLE),
    writes: [],
    log: hasChain ? [{ upTo: FIRST, isWhole: true }] : [],
    tier: hasTier ? SILENT : null,
  };
}

/** Tells all that may happen next, always in the same order. */
export function successors(state: State, model: Model, emit: Emit): void {
  const changed: Emit = (next, label, answer) => {
    if (next === state && answer === undefined) return;
    if (next.tier !== null && next.tier.feed.length > FEED) return;
    emit(model.isFenced ? recycled(next, model.rules.token) : next, label, answer);
  };
  for (const moves of MOVES) moves(state, model, changed);
}
