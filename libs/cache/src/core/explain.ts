import type { Codec } from './codec.js';
import type { GuardedStore } from './guarded-store.js';
import type { Tag } from './invalidation.js';
import type { Held, L1 } from './l1.js';
import { stageOf, type Stage } from './lifetime.js';
import type { Looker } from './looker.js';
import { ageOf } from './mark.js';
import type { Note, Notes } from './notes.js';
import type { PendingInvalidations } from './pending-invalidations.js';
import type { ValueEntry } from './record.js';
import type { Space } from './space.js';
import { labelsOf, Stamps } from './stamp.js';
import type { Inspection, Look } from './store.js';

/** What is cached of an id. `absent`: nothing that may be served. `unreachable`: the store cannot be asked. */
export type Peek<Value> =
  | {
      readonly status: 'fresh' | 'stale' | 'grace';
      readonly value: Value | null;
      readonly version: number;
      readonly ageMs: number;
      readonly tier: 'l1' | 'store';
    }
  | { readonly status: 'absent' | 'unreachable' };

/**
 * Why a read of an id would be answered as it would. `invalidated`: a tombstone; `retired`: the value's space or a tag
 * of it was; `intent`: a strict write is under way; `over`: too old even for grace.
 */
export type ExplainedState = Stage | 'retired' | 'corrupt' | 'invalidated' | 'intent' | 'absent' | 'unreachable';

/** What is known of one id. Durations are in milliseconds; `null` where there is nothing to say. */
export interface Explanation extends Note {
  readonly key: string;
  readonly state: ExplainedState;
  /** Which tier would answer a read now; `null`: the value has to be loaded. */
  readonly tier: 'l1' | 'store' | null;
  /** Of a value its version, of a tombstone or an intent the lowest version that may follow. */
  readonly version: number | null;
  readonly ageMs: number | null;
  /** How long the store keeps what it has. */
  readonly keptForMs: number | null;
  /** Whether somebody holds the lease and is loading. */
  readonly loading: boolean;
  /** Whether an invalidation by this process waits for the store. */
  readonly owed: boolean;
  /** Whether the store is as current as the space demands of it; always where the space demands no certificate. */
  readonly certified: boolean;
  /** Current values, the space's generation first; `null`: the tag does not exist, so nothing is cached under it. */
  readonly tags: readonly { readonly tag: Tag; readonly value: string | null }[];
}

export interface ExplainerParts<Value> {
  readonly space: Space<Value>;
  readonly store: GuardedStore;
  readonly looker: Looker<Value>;
  readonly codec: Codec<Value>;
  readonly pending: PendingInvalidations;
  readonly l1: L1<Value> | null;
  readonly notes: Notes;
}

/** Looks without loading, leasing or keeping anything; a peek may create tags that are missing. */
export class Explainer<Value> {
  constructor(private readonly parts: ExplainerParts<Value>) {}

  async peek(id: string, tags: readonly Tag[]): Promise<Peek<Value>> {
    const held = this.held(id, tags);
    return held ? peekOf(held) : this.peekStore(id, tags);
  }

  async explain(id: string, tags: readonly Tag[]): Promise<Explanation> {
    const { space, store, pending, notes } = this.parts;
    const key = space.key(id);
    const labels = labelsOf(space.generation, tags);
    const [inspection, look] = await Promise.all([
      store.attempt('inspect', (each) => each.inspect(key)),
      store.attempt('look', (each) => each.look([key], labels, [space.service])),
    ]);
    const values = labels.map((_, index) => look?.tags[index] ?? null);
    const state = inspection ? await this.stateOf(key, inspection, values) : 'unreachable';
    const owed = pending.covers(key, labels);
    const certified = isCertified(space.demand.withinMs, look, inspection);
    const inStore = !owed && certified && isServed(state);
    return {
      key,
      state,
      tier: this.held(id, tags) ? 'l1' : inStore ? 'store' : null,
      ...facts(inspection),
      owed,
      certified,
      tags: labels.map((tag, index) => ({ tag, value: values[index] ?? null })),
      ...notes.of(key),
    };
  }

  private held(id: string, tags: readonly Tag[]): Held<Value> | undefined {
    return tags.length === 0 ? this.parts.l1?.get(id) : undefined;
  }

  private async peekStore(id: string, tags: readonly Tag[]): Promise<Peek<Value>> {
    const { looker, space } = this.parts;
    const finding = await looker.lookOne(id, { tags, demand: space.demand, patienceMs: Infinity });
    if (!finding.stored) return { status: finding.reached ? 'absent' : 'unreachable' };
    const { value, version, ageMs, stage } = finding.stored;
    return { status: stage === 'early' ? 'fresh' : stage, value, version, ageMs, tier: 'store' };
  }

  private async stateOf(
    key: string,
    { entry, nowMs }: Inspection,
    values: readonly (string | null)[],
  ): Promise<ExplainedState> {
    switch (entry?.state) {
      case undefined:
        return 'absent';
      case 'intent':
        return 'intent';
      case 'tombstone':
        return entry.floor > 0 ? 'invalidated' : 'absent';
      case 'value':
        return this.stateOfValue(key, entry, values, nowMs);
    }
  }

  private async stateOfValue(
    key: string,
    entry: ValueEntry,
    values: readonly (string | null)[],
    nowMs: number,
  ): Promise<ExplainedState> {
    const known = values.filter((value) => value !== null);
    const stamp = new Stamps().of(known);
    if (known.length < values.length || !entry.payload.startsWith(stamp)) return 'retired';
    const decoded = await this.parts.codec.decode(entry.payload.slice(stamp.length));
    if (decoded === null) return 'corrupt';
    const { space } = this.parts;
    return stageOf(space, { key, mark: entry.mark, value: decoded.value }, ageOf(entry.mark, nowMs));
  }
}

function peekOf<Value>({ value, version, loadedAtMs }: Held<Value>): Peek<Value> {
  return { status: 'fresh', value, version, ageMs: performance.now() - loadedAtMs, tier: 'l1' };
}

/** Whether a look says that the store is as current as a space demands. */
function isCertified(withinMs: number, look: Look | null, inspection: Inspection | null): boolean {
  const asOfMs = look?.certificates[0] ?? -Infinity;
  return withinMs === Infinity || (inspection !== null && inspection.nowMs - asOfMs <= withinMs);
}

function isServed(state: ExplainedState): boolean {
  return state === 'fresh' || state === 'early' || state === 'stale';
}

function facts(inspection: Inspection | null): Pick<Explanation, 'version' | 'ageMs' | 'keptForMs' | 'loading'> {
  if (!inspection?.entry) return { version: null, ageMs: null, keptForMs: null, loading: false };
  const { entry, ttlMs, nowMs } = inspection;
  return {
    version: entry.state === 'value' ? entry.version : entry.floor,
    ageMs: entry.state === 'value' ? ageOf(entry.mark, nowMs) : null,
    keptForMs: ttlMs,
    loading: entry.state !== 'intent' && entry.lease !== null && entry.lease.untilMs > nowMs,
  };
}
