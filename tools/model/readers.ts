import { applied, servedBy, tagged, type Answer, type Emit, type Model, type Moves } from './model.js';
import type { Rules } from './rules.js';
import type { LeaseAnswer, Step } from './protocol.js';
import { acknowledged, entryOf, replaced, type Filler, type State } from './state.js';

/** Leases last until then. Whether that has come yet is open at any moment, so that both must do. */
const LEASE_ENDS_MS = 1;
const NOWS_MS = [LEASE_ENDS_MS - 1, LEASE_ENDS_MS] as const;
const TOMBSTONE_MS = 1;
const TTL_MS = 1;
/** Every load begins at the same instant, so that any value may be refreshed. */
const MARK = 'AAAAA';

/** Where one filler stands, and what there is to change. */
interface Place {
  readonly state: State;
  readonly model: Model;
  readonly index: number;
  readonly filler: Filler;
}

/** What readers do that have found nothing: look, ask for the lease, load, fill late and more than once, give up. */
export const readerMoves: Moves = (state, model, emit) => {
  let isFirstIdle = true;
  for (let index = 0; index < state.fillers.length; index++) {
    const filler = state.fillers[index] as Filler;
    const place = { state, model, index, filler };
    switch (filler.phase) {
      case 'idle':
        if (isFirstIdle) look(place, emit); // all that are idle are alike
        isFirstIdle = false;
        break;
      case 'asking':
        ask(place, emit);
        join(place, emit);
        giveUp(place, emit);
        break;
      case 'granted':
        load(place, emit);
        join(place, emit);
        giveUp(place, emit);
        break;
      case 'loaded':
        fill(place, emit);
        if (model.configuration.leasesAgain) askAgain(place, emit);
        joinLate(place, emit);
        break;
      case 'over':
        release(place, emit);
    }
  }
};

function look({ state, model, index, filler }: Place, emit: Emit): void {
  const { configuration, rules } = model;
  const found = servedBy(state.primary);
  if (entryOf(state.primary)?.state === 'intent' || (found > 0 && !configuration.refreshes)) return;
  const ready = tagged(state, model);
  const asking: Filler = {
    ...filler,
    phase: 'asking',
    stamp: ready.primary.tag,
    over: found > 0,
    ...noted(ready, rules),
  };
  const finds = found > 0 ? `finds ${found}, and is to refresh it` : 'finds nothing to serve';
  emit(withFiller(ready, index, asking), () => `${nameOf(index)} looks, and ${finds}`);
}

/** What only bad rules make a reader remember. */
function noted(
  { primary, committed }: State,
  { takesWhatLeaseFinds, loads }: Rules,
): Pick<Filler, 'certificate' | 'snapshot'> {
  return {
    certificate: takesWhatLeaseFinds ? (primary.certificate ?? 0) : 0,
    snapshot: loads === 'in a transaction that was open before' ? committed : 0,
  };
}

/** A lease that stands in the way may run out. */
function ask(place: Place, emit: Emit): void {
  const { state, model, index, filler } = place;
  const over = filler.over ? { over: MARK } : {};
  for (const nowMs of NOWS_MS) {
    const request = {
      token: model.rules.token(index),
      leaseMs: LEASE_ENDS_MS - nowMs,
      tombstoneMs: TOMBSTONE_MS,
      stamp: String(filler.stamp),
      ...over,
    };
    const step = model.steps.lease(entryOf(state.primary), request, nowMs);
    if (step.answer.kind === 'busy') continue;
    hear(place, step, emit);
    return;
  }
}

/** The answer may get lost on its way: then it asks again, or gives up. */
function hear({ state, model, index, filler }: Place, step: Step<LeaseAnswer>, emit: Emit): void {
  const after = applied(state, step);
  const says = (what: string) => () => `LEASE of ${nameOf(index)}: ${what}`;
  switch (step.answer.kind) {
    case 'granted': {
      const { floor } = step.answer;
      const kept = model.configuration.rows === 'with absences' ? floor : 0;
      emit(withFiller(after, index, { ...filler, phase: 'granted', floor: kept }), says(`granted, floor ${floor}`));
      if (model.configuration.givesUp) emit(after, says(`granted, floor ${floor}, but the answer gets lost`));
      return;
    }
    case 'value': {
      const row = Number(step.answer.entry.payload.charAt(1));
      emit(withFiller(after, index, ended(filler)), says(`finds ${row}`), underCertificate(row, filler));
      return;
    }
    case 'bypass':
    case 'busy':
      emit(withFiller(after, index, ended(filler)), says('loads without it'));
  }
}

/** A LEASE that somebody repeats on the way, when its filler has loaded already. */
function askAgain({ state, model, index, filler }: Place, emit: Emit): void {
  const request = {
    token: model.rules.token(index),
    leaseMs: 1,
    tombstoneMs: TOMBSTONE_MS,
    stamp: String(filler.stamp),
  };
  const step = model.steps.lease(entryOf(state.primary), request, 0);
  emit(applied(state, step), () => `LEASE of ${nameOf(index)}, once more: ${step.answer.kind}`);
}

function underCertificate(row: number, { certificate }: Filler): Answer | undefined {
  if (certificate === 0) return undefined;
  return { row, least: certificate, because: `it is served under the certificate ${certificate}` };
}

function load({ state, model, index, filler }: Place, emit: Emit): void {
  const { loads } = model.rules;
  const { committed } = state;
  const oldest = loads === 'from a lagging replica' ? 1 : filler.snapshot || committed;
  for (let row = filler.snapshot || committed; row >= oldest; row--) {
    const answer = filler.owed > 0 ? shared(row, filler.owed) : undefined;
    emit(
      withFiller(state, index, { ...filler, phase: 'loaded', row, owed: 0 }),
      () => `${nameOf(index)} loads ${row}`,
      answer,
    );
  }
}

function fill({ state, model, index, filler }: Place, emit: Emit): void {
  const { rules, configuration, steps } = model;
  const isLate = rules.stamps === 'after the load';
  const before = isLate ? tagged(state, model) : state;
  const { row, floor } = filler;
  const step = steps.fill(entryOf(before.primary), {
    token: rules.token(index),
    version: versionOf(row, floor, configuration.rows),
    mark: MARK,
    payload: `${isLate ? before.primary.tag : filler.stamp}${row}`,
    ttlMs: TTL_MS,
    tombstoneMs: TOMBSTONE_MS,
  });
  emit(applied(before, step), () => `FILL of ${nameOf(index)} with ${row}: ${step.answer}`);
}

/** An absence has the floor of its lease for its version. Here the row is absent at every second one. */
function versionOf(row: number, floor: number, rows: Model['configuration']['rows']): number {
  if (rows === 'unversioned') return 0;
  return rows === 'with absences' && row % 2 === 0 ? floor : row;
}

/** Another read of the process shares the load, which has not begun. */
function join({ state, model, index, filler }: Place, emit: Emit): void {
  const owed = acknowledged(state);
  if (!model.configuration.joins || filler.owed >= owed) return;
  emit(
    withFiller(state, index, { ...filler, owed }),
    () => `a read joins the load of ${nameOf(index)}, which has not begun`,
  );
}

function joinLate({ state, model, index, filler }: Place, emit: Emit): void {
  if (model.rules.shares === 'until the load begins' || !model.configuration.joins) return;
  const answer = shared(filler.row, acknowledged(state));
  // The load's answer may be under way for as long as anything happens.
  emit({ ...state }, () => `a read joins the load of ${nameOf(index)}, whose answer is under way`, answer);
}

function shared(row: number, least: number): Answer {
  return { row, least, because: `${least} was acknowledged before it joined the load` };
}

function giveUp({ state, model, index, filler }: Place, emit: Emit): void {
  if (!model.configuration.givesUp) return;
  emit(withFiller(state, index, ended(filler)), () => `${nameOf(index)} gives up`);
}

function release({ state, model, index }: Place, emit: Emit): void {
  const step = model.steps.release(entryOf(state.primary), model.rules.token(index), TOMBSTONE_MS);
  emit(applied(state, step), () => `RELEASE of ${nameOf(index)}`);
}

/** What a filler was about does not matter any more. */
function ended(filler: Filler): Filler {
  return { ...filler, phase: 'over', stamp: 0, over: false, row: 0, floor: 0, owed: 0, certificate: 0, snapshot: 0 };
}

function withFiller(state: State, index: number, filler: Filler): State {
  return { ...state, fillers: replaced(state.fillers, index, filler) };
}

function nameOf(index: number): string {
  return `reader ${index + 1}`;
}
