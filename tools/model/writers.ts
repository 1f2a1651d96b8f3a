import { applied, type Emit, type Model, type Moves } from './model.js';
import { heard } from './tier.js';
import { entryOf, replaced, type State, type Write } from './state.js';

const TOMBSTONE_MS = 1;
/** How many writes are unfinished at a time, those of writers that have died among them. */
const WRITERS = 2;

/** What writers do: commit, invalidate late and more than once, acknowledge; with intents before and their end after it, if they are strict. */
export const writerMoves: Moves = (state, model, emit) => {
  const { writers } = model.configuration;
  if (writers === 'past the cache') {
    if (state.committed <= model.bounds.commits) emit(committing(state), () => commits(state));
    return;
  }
  begin(state, model, emit);
  for (let index = 0; index < state.writes.length; index++) {
    const write = state.writes[index] as Write;
    if (writers === 'strict') strict(state, model, { index, write }, emit);
    if (write.version > 0) clear(state, model, { index, write }, emit);
    if (write.phase === 'cleared') {
      emit(
        withWrite(state, index, { ...write, phase: 'acknowledged' }),
        () => `write ${write.version} is acknowledged`,
      );
    }
  }
};

interface Place {
  readonly index: number;
  readonly write: Write;
}

function begin(state: State, { configuration, bounds }: Model, emit: Emit): void {
  const { writes } = state;
  if (writes.length >= bounds.commits || writes.filter(isUnfinished).length >= WRITERS) return;
  if (configuration.writers === 'strict') {
    emit(
      { ...state, writes: [...writes, { phase: 'open', version: 0 }] },
      () => `transaction ${writes.length + 1} changes the row`,
    );
  } else {
    const write: Write = { phase: 'committed', version: state.committed + 1 };
    emit({ ...committing(state), writes: [...writes, write] }, () => commits(state));
  }
}

function isUnfinished({ phase }: Write): boolean {
  return phase !== 'acknowledged' && phase !== 'aborted';
}

/** An intent may arrive at any time from then on, even when its transaction is over; what is over may be withdrawn at any time. */
function strict(state: State, { steps }: Model, { index, write }: Place, emit: Emit): void {
  const transaction = String(index + 1);
  const entry = entryOf(state.primary);
  const placed = applied(state, steps.intend(entry, transaction));
  if (write.phase === 'open') {
    emit(withWrite(placed, index, { ...write, phase: 'intended' }), () => `INTENT of transaction ${transaction}`);
    emit(placed, () => `INTENT of transaction ${transaction}, whose answer gets lost`);
    abort(state, { index, write }, emit);
  } else if (write.phase === 'intended') {
    const committed: Write = { phase: 'committed', version: state.committed + 1 };
    emit(withWrite(committing(state), index, committed), () => `transaction ${transaction} ${commits(state)}`);
    abort(state, { index, write }, emit);
  } else {
    const withdrawn = applied(state, steps.withdraw(entry, transaction, TOMBSTONE_MS));
    emit(placed, () => `INTENT of transaction ${transaction}, late`);
    emit(withdrawn, () => `WITHDRAW of transaction ${transaction}, which is over`);
  }
}

function abort(state: State, { index }: Place, emit: Emit): void {
  emit(withWrite(state, index, { phase: 'aborted', version: 0 }), () => `transaction ${index + 1} is rolled back`);
}

/** An invalidation may arrive at any time after the commit, and more than once: from the writer, its retries, and its event. */
function clear(state: State, model: Model, { index, write }: Place, emit: Emit): void {
  const { configuration, rules } = model;
  const phase = afterClearing(write.phase, rules.clears);
  const cleared = (next: State): State => (phase === write.phase ? next : withWrite(next, index, { ...write, phase }));
  const { version } = write;
  const transaction = configuration.writers === 'strict' ? String(index + 1) : undefined;
  emit(cleared(invalidated(state, model, { version, transaction })), () => nameOfClearing(model, version));
  if (!configuration.puts) return;
  const step = model.steps.put(entryOf(state.primary), {
    ...{ version, mark: 'AAAAA', body: String(version), stampChars: 1 },
    ...{ ttlMs: 1, tombstoneMs: TOMBSTONE_MS },
  });
  emit(cleared(applied(state, step)), () => `PUT ${version}: ${step.answer}`);
}

function afterClearing(phase: Write['phase'], clears: Model['rules']['clears']): Write['phase'] {
  if (phase === 'committed') return clears === 'once' ? 'cleared' : 'half-cleared';
  return phase === 'half-cleared' ? 'cleared' : phase;
}

/** An invalidation of one change reaches the primary, and the feed. */
export function invalidated(
  state: State,
  { configuration, steps, rules }: Model,
  { version, transaction }: { readonly version: number; readonly transaction?: string | undefined },
): State {
  const { primary } = state;
  if (configuration.clears === 'tag')
    return heard({ ...state, primary: { ...primary, tag: rules.retireTag(primary.tag) } });
  const request = { tombstoneMs: TOMBSTONE_MS, ...(transaction !== undefined && { transaction }) };
  const entry = entryOf(primary);
  const isUnversioned = configuration.rows === 'unversioned';
  const step = isUnversioned ? steps.discard(entry, request) : steps.invalidate(entry, { ...request, version });
  return heard(applied(state, step));
}

function nameOfClearing({ configuration }: Model, version: number): string {
  if (configuration.clears === 'tag') return `the tag is retired, because of ${version}`;
  return configuration.rows === 'unversioned' ? `DISCARD, because of ${version}` : `INVALIDATE ${version}`;
}

function committing(state: State): State {
  return { ...state, committed: state.committed + 1 };
}

function commits({ committed }: State): string {
  return `commits ${committed + 1}`;
}

function withWrite(state: State, index: number, write: Write): State {
  return { ...state, writes: replaced(state.writes, index, write) };
}
