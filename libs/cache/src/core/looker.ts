import type { Codec, Decoded } from './codec.js';
import { withDeadline } from './deadline.js';
import type { CacheListener } from './events.js';
import type { Place } from './fence.js';
import type { Tag } from './invalidation.js';
import type { Epoch, L1 } from './l1.js';
import { stageOf, ttlOf, type Stage } from './lifetime.js';
import type { LookBatch } from './look-batch.js';
import { ageOf, type Mark } from './mark.js';
import type { PendingInvalidations } from './pending-invalidations.js';
import type { ValueEntry } from './record.js';
import type { Space } from './space.js';
import { Stamps } from './stamp.js';
import type { StoreClock } from './store-clock.js';
import type { Found } from './store.js';

/** A value that is in the store and readable. `leftMs`: how long it stays fresh, in milliseconds. */
export interface Stored<Value> {
  readonly value: Value | null;
  readonly version: number;
  readonly stage: Exclude<Stage, 'over'>;
  readonly ageMs: number;
  readonly leftMs: number;
  /** Whether somebody is loading it anew already. */
  readonly loading: boolean;
  readonly chars: number;
}

/** What was found for one id. */
export interface Finding<Value> {
  readonly id: string;
  readonly key: string;
  /** `null`: nothing that could be served. */
  readonly stored: Stored<Value> | null;
  /** Whether the store has answered. */
  readonly reached: boolean;
  /** Whether a lease may be asked for; without one, a load may not fill. */
  readonly fillable: boolean;
  /** The mark of the value that a load would replace. */
  readonly over: Mark | undefined;
  /** What the payload of a value loaded from now on begins with. */
  readonly stamp: string;
  readonly epoch: Epoch;
}

/** A key to look up; `owed`: an invalidation of it waits for the store. */
interface Wanted {
  readonly id: string;
  readonly key: string;
  readonly owed: boolean;
  readonly epoch: Epoch;
}

/** What a look's entries are held against: the stamp they must have, and the store's time. */
interface Moment {
  readonly stamp: string;
  readonly nowMs: number;
}

/** What looking needs; `l1` `null`: the space has none. */
export interface LookerParts<Value> {
  readonly space: Space<Value>;
  readonly batch: LookBatch;
  readonly storeClock: StoreClock;
  readonly codec: Codec<Value>;
  readonly pending: PendingInvalidations;
  readonly l1: L1<Value> | null;
  readonly emit: CacheListener;
}

/** Looks ids up in the store, and says of each whether and how its value may be served. */
export class Looker<Value> {
  private readonly stamps = new Stamps();

  constructor(private readonly parts: LookerParts<Value>) {}

  /** Never throws for a store that is down, or takes longer than `patienceMs`: everything is then to be loaded without a lease. @throws {TypeError} for an empty id */
  async look(ids: readonly string[], tags: readonly Tag[], patienceMs = Infinity): Promise<readonly Finding<Value>[]> {
    const { space, batch } = this.parts;
    const labels = labelsOf(space.generation, tags);
    // Asked before the look: an invalidation that is applied while the answer is under way does not make the answer new.
    const wanted = ids.map((id) => this.want(id, labels));
    const asked = batch.look(
      wanted.map(({ key }) => key),
      labels,
    );
    const seen = await (patienceMs === Infinity ? asked : withDeadline(asked, patienceMs).catch(() => null));
    if (!seen) return wanted.map((each) => unreached(each));
    const moment = { stamp: this.stamps.of(seen.tags), nowMs: this.parts.storeClock.now() };
    const findings = wanted.map((each, index) => this.judge(each, seen.entries[index], moment));
    return settled(findings) ? findings : Promise.all(findings.map((finding) => Promise.resolve(finding)));
  }

  /** What a value that was found in the place of a lease means for the read that asked for it. */
  weighInstead(
    { id, key, epoch, stamp }: Place & { readonly id: string },
    entry: ValueEntry,
  ): Finding<Value> | Promise<Finding<Value>> {
    return this.judge({ id, key, epoch, owed: false }, entry, { stamp, nowMs: this.parts.storeClock.now() });
  }

  private want(id: string, labels: readonly Tag[]): Wanted {
    const key = this.parts.space.key(id);
    return { id, key, owed: this.parts.pending.covers(key, labels), epoch: this.parts.l1?.epochOf(key) ?? 0 };
  }

  private judge(wanted: Wanted, found: Found | undefined, moment: Moment): Finding<Value> | Promise<Finding<Value>> {
    const { stamp } = moment;
    if (wanted.owed || found?.state === 'intent') return unfillable(wanted, stamp);
    if (found?.state !== 'value' || !found.payload.startsWith(stamp)) return finding(wanted, stamp, null, undefined);
    const decoded = this.parts.codec.decode(found.payload.slice(stamp.length));
    return decoded instanceof Promise
      ? decoded.then((result) => this.weigh(wanted, found, moment, result))
      : this.weigh(wanted, found, moment, decoded);
  }

  /** Whether and how a value that was found may be served. */
  private weigh(wanted: Wanted, entry: ValueEntry, { stamp, nowMs }: Moment, decoded: Decoded<Value>): Finding<Value> {
    const { space, emit } = this.parts;
    if (decoded.kind === 'corrupt') {
      emit({ type: 'corrupt', space: space.name });
      return finding(wanted, stamp, null, entry.mark);
    }
    const { version, mark, lease, payload } = entry;
    const ageMs = ageOf(mark, nowMs);
    const ttlMs = ttlOf(space, wanted.key, mark, decoded.value);
    const stage = stageOf(space, ttlMs, ageMs);
    if (stage === 'over') return finding(wanted, stamp, null, mark);
    const stored: Stored<Value> = {
      value: decoded.value,
      version,
      stage,
      ageMs,
      leftMs: ttlMs * (1 - space.earlyRefresh) - ageMs,
      loading: lease !== null && lease.untilMs > nowMs,
      chars: payload.length,
    };
    return finding(wanted, stamp, stored, mark);
  }
}

/** The tags that a stamp is made of, in one order whatever order they are given in. */
export function labelsOf(generation: Tag, tags: readonly Tag[]): readonly Tag[] {
  return tags.length === 0 ? [generation] : [generation, ...new Set(tags.toSorted())];
}

/** One way to make a finding: written out, because the engine reads what is spread together slowly, and a bulk read makes many. */
function finding<Value>(
  { id, key, epoch }: Wanted,
  stamp: string,
  stored: Stored<Value> | null,
  over: Mark | undefined,
): Finding<Value> {
  return { id, key, stored, reached: true, fillable: true, over, stamp, epoch };
}

/** What must be loaded without a lease: the store may not be filled now. */
function unfillable<Value>({ id, key, epoch }: Wanted, stamp: string): Finding<Value> {
  return { id, key, stored: null, reached: true, fillable: false, over: undefined, stamp, epoch };
}

function unreached<Value>({ id, key, epoch }: Wanted): Finding<Value> {
  return { id, key, stored: null, reached: false, fillable: false, over: undefined, stamp: '', epoch };
}

/** Hits are not to wait for a turn that only compressed values need. */
function settled<Value>(
  findings: readonly (Finding<Value> | Promise<Finding<Value>>)[],
): findings is readonly Finding<Value>[] {
  return !findings.some((finding) => finding instanceof Promise);
}
