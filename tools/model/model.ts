import type { Bounds, Configuration } from './configuration.js';
import { entryOf, type Node, type State } from './state.js';
import { isFenced } from './fence.js';
import { rules, type Rules } from './rules.js';
import { steps, type Step, type Steps } from './protocol.js';

/** All that is explored at a time. */
export interface Model {
  readonly configuration: Configuration;
  readonly bounds: Bounds;
  readonly steps: Steps;
  readonly rules: Rules;
  /** See {@link isFenced}. */
  readonly isFenced: boolean;
}

/** A configuration as it is shipped, or with what a variant changes. */
export function modelOf(
  configuration: Configuration,
  bounds: Bounds,
  change: { readonly steps?: Partial<Steps>; readonly rules?: Partial<Rules> } = {},
): Model {
  const changed = { steps: { ...steps, ...change.steps }, rules: { ...rules, ...change.rules } };
  return {
    configuration,
    bounds,
    ...changed,
    isFenced: !configuration.leasesAgain && isFenced(changed.steps, changed.rules),
  };
}

/** A read that returns `row`; it is wrong if that is older than `least`, `because` of which reason. */
export interface Answer {
  readonly row: number;
  readonly least: number;
  readonly because: string;
}

/** Tells of one thing that may happen next. `label` is asked only for a trace. */
export type Emit = (next: State, label: () => string, answer?: Answer) => void;

/** Tells all that may happen next of one kind. */
export type Moves = (state: State, model: Model, emit: Emit) => void;

/** Lets a command reach the primary. The same state if it changes nothing. */
export function applied(state: State, { write }: Step<unknown>): State {
  if (write === undefined) return state;
  const { primary } = state;
  if (write === null) return primary.slot === null ? state : { ...state, primary: { ...primary, slot: null } };
  const lasting = write.ttlMs === 'kept' ? (primary.slot?.lasting ?? true) : write.ttlMs === Infinity;
  return { ...state, primary: { ...primary, slot: { entry: write.entry, lasting } } };
}

/** The row that a read finds on a node, if it may be served; 0: none. A payload is its stamp and its row, a digit each. */
export function servedBy(node: Node): number {
  const entry = entryOf(node);
  if (entry?.state !== 'value' || node.tag === null) return 0;
  return Number(entry.payload.charAt(0)) === node.tag ? Number(entry.payload.charAt(1)) : 0;
}

/** The primary with a tag, as any look leaves it. */
export function tagged(
  state: State,
  { rules: { createTag } }: Model,
): State & { readonly primary: { readonly tag: number } } {
  const { primary, replica, fillers } = state;
  if (primary.tag !== null) return { ...state, primary: { ...primary, tag: primary.tag } };
  const used = new Set(fillers.map(({ stamp }) => stamp));
  for (const node of [primary, replica]) {
    const entry = node && entryOf(node);
    if (entry?.state === 'value') used.add(Number(entry.payload.charAt(0)));
    if (node?.tag != null) used.add(node.tag);
  }
  return { ...state, primary: { ...primary, tag: createTag(used) } };
}
