import type { Codec, Decoded } from './codec.js';
import { withDeadline } from './deadline.js';
import type { CacheListener } from './events.js';
import type { Place } from './fence.js';
import type { Tag } from './invalidation.js';
import type { Epoch, L1 } from './l1.js';
import { stageOf, type Stage } from './lifetime.js';
import type { LookBatch, Sight } from './look-batch.js';
import { ageOf, type Mark } from './mark.js';
import type { PendingInvalidations } from './pending-invalidations.js';
import type { ValueEntry } from './record.js';
import type { Space } from './space.js';
import { Stamps } from './stamp.js';
import type { StoreClock } from './store-clock.js';
import type { Found } from './store.js';

/** A value that is in the store and readable. */
export interface Stored<Value> {
  readonly value: Value | null;
  readonly version: number;
  readonly stage: Exclude<Stage, 'over'>;
  readonly ageMs: number;
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

/** A finding in the making. One class for all, because a bulk read makes many, and the engine reads objects of one shape fast. */
class Wanted<Value> implements Finding<Value> {
  stored: Stored<Value> | null = null;
  reached = false;
  fillable = false;
  over: Mark | undefined = undefined;
  stamp = '';

  constructor(
    readonly id: string,
    readonly key: string,
    /** Whether an invalidation of it waits for the store. */
    readonly owed: boolean,
    readonly epoch: Epoch,
  ) {}
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
  /** The labels of a read without tags, always the same array. */
  private readonly plainLabels: readonly Tag[];

  constructor(private readonly parts: LookerParts<Value>) {
    this.plainLabels = labelsOf(parts.space.generation, []);
  }

  /** Never throws for a store that is down, or takes longer than `patienceMs`: everything is then to be loaded without a lease. @throws {TypeError} for an empty id */
  async look(ids: readonly string[], tags: readonly Tag[], patienceMs = Infinity): Promise<readonly Finding<Value>[]> {
    const labels = this.labelsOf(tags);
    // Asked before the look: an invalidation that is applied while the answer is under way does not make the answer new.
    const wanted = ids.map((id) => this.want(id, labels));
    const asked = this.parts.batch.look(
      wanted.map(({ key }) => key),
      labels,
    );
    const seen = await patiently(asked, patienceMs);
    const late = seen && this.judgeAll(wanted, seen);
    if (late) await late;
    return wanted;
  }

  /** As {@link look}, for one id. */
  async lookOne(id: string, tags: readonly Tag[], patienceMs: number): Promise<Finding<Value>> {
    const labels = this.labelsOf(tags);
    const wanted = this.want(id, labels);
    const seen = await patiently(this.parts.batch.look([wanted.key], labels), patienceMs);
    const late = seen && this.judgeAll([wanted], seen);
    if (late) await late;
    return wanted;
  }

  /** What a value that was found in the place of a lease means for the read that asked for it. */
  async weighInstead(
    { id, key, epoch, stamp }: Place & { readonly id: string },
    entry: ValueEntry,
  ): Promise<Finding<Value>> {
    const wanted = new Wanted<Value>(id, key, false, epoch);
    await this.judge(wanted, entry, { stamp, nowMs: this.parts.storeClock.now() });
    return wanted;
  }

  private labelsOf(tags: readonly Tag[]): readonly Tag[] {
    return tags.length === 0 ? this.plainLabels : labelsOf(this.parts.space.generation, tags);
  }

  private want(id: string, labels: readonly Tag[]): Wanted<Value> {
    const { space, pending, l1 } = this.parts;
    const key = space.key(id);
    return new Wanted(id, key, pending.covers(key, labels), l1 === null ? 0 : l1.epochOf(key));
  }

  /** A promise only where something has to be waited for: hits are not to wait for a turn that only compressed values need. */
  private judgeAll(wanted: readonly Wanted<Value>[], { entries, first, tags, nowMs }: Sight): Promise<unknown> | null {
    const moment = { stamp: this.stamps.of(tags), nowMs };
    const late: Promise<void>[] = [];
    for (let index = 0; index < wanted.length; index++) {
      const judged = this.judge(wanted[index] as Wanted<Value>, entries[first + index], moment);
      if (judged) late.push(judged);
    }
    return late.length > 0 ? Promise.all(late) : null;
  }

  private judge(wanted: Wanted<Value>, found: Found | undefined, moment: Moment): Promise<void> | null {
    wanted.reached = true;
    wanted.stamp = moment.stamp;
    wanted.fillable = !wanted.owed && found?.state !== 'intent';
    if (!wanted.fillable || found?.state !== 'value' || !found.payload.startsWith(moment.stamp)) return null;
    const decoded = this.parts.codec.decode(found.payload.slice(moment.stamp.length));
    if (decoded instanceof Promise)
      return decoded.then((result) => {
        this.weigh(wanted, found, moment, result);
      });
    this.weigh(wanted, found, moment, decoded);
    return null;
  }

  /** Whether and how a value that was found may be served. */
  private weigh(wanted: Wanted<Value>, entry: ValueEntry, { nowMs }: Moment, decoded: Decoded<Value>): void {
    const { space, emit } = this.parts;
    const { version, mark, lease, payload } = entry;
    wanted.over = mark;
    if (decoded === null) {
      emit({ type: 'corrupt', space: space.name });
      return;
    }
    const { value } = decoded;
    const ageMs = ageOf(mark, nowMs);
    const stage = stageOf(space, { key: wanted.key, mark, value }, ageMs);
    if (stage === 'over') return;
    const loading = lease !== null && lease.untilMs > nowMs;
    wanted.stored = { value, version, stage, ageMs, loading, chars: payload.length };
  }
}

function patiently(asked: Promise<Sight | null>, patienceMs: number): Promise<Sight | null> {
  return patienceMs === Infinity ? asked : withDeadline(asked, patienceMs).catch(() => null);
}

/** The tags that a stamp is made of, in one order whatever order they are given in. */
export function labelsOf(generation: Tag, tags: readonly Tag[]): readonly Tag[] {
  return tags.length === 0 ? [generation] : [generation, ...new Set(tags.toSorted())];
}
