import type { Codec, Decoded } from './codec.js';
import { withDeadline } from './deadline.js';
import type { CacheListener } from './events.js';
import type { Place } from './fence.js';
import { Wanted, type Finding } from './finding.js';
import { minVersionOf, type Demand } from './freshness.js';
import type { Intents } from './intents.js';
import type { Tag } from './invalidation.js';
import type { L1 } from './l1.js';
import { stageOf } from './lifetime.js';
import type { LookBatch, Sight } from './look-batch.js';
import { ageOf } from './mark.js';
import type { PendingInvalidations } from './pending-invalidations.js';
import type { ValueEntry } from './record.js';
import type { Space } from './space.js';
import { labelsOf, Stamps } from './stamp.js';
import type { StoreClock } from './store-clock.js';
import type { Found } from './store.js';

/** What a look is for. */
export interface Sought {
  readonly tags: readonly Tag[];
  readonly demand: Demand;
  /** How long it may take, in milliseconds. */
  readonly patienceMs: number;
}

/** What a look's entries are held against: the stamp they must have, and the store's time. */
interface Moment {
  readonly stamp: string;
  readonly nowMs: number;
  /** Whether the store knows all that it must know for its values to be served. */
  readonly certified: boolean;
}

/** What looking needs; `l1` `null`: the space has none. */
export interface LookerParts<Value> {
  readonly space: Space<Value>;
  readonly batch: LookBatch;
  readonly storeClock: StoreClock;
  readonly codec: Codec<Value>;
  readonly pending: PendingInvalidations;
  readonly l1: L1<Value> | null;
  readonly intents: Intents;
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

  /** Never throws for a store that is down, or takes longer than it may: everything is then to be loaded without a lease. @throws {TypeError} for an empty id, and for tags of a strict space */
  async look(ids: readonly string[], sought: Sought): Promise<readonly Finding<Value>[]> {
    const labels = this.labelsOf(sought.tags);
    // Asked before the look: an invalidation that is applied while the answer is under way does not make the answer new.
    const wanted = ids.map((id) => this.want(id, labels, sought.demand));
    await this.lookAll(wanted, labels, sought);
    return wanted;
  }

  /** As {@link look}, for one id. */
  async lookOne(id: string, sought: Sought): Promise<Finding<Value>> {
    const labels = this.labelsOf(sought.tags);
    const wanted = this.want(id, labels, sought.demand);
    await this.lookAll([wanted], labels, sought);
    return wanted;
  }

  /** What a value that was found in the place of a lease means for the read that asked for it, if that needs no certificate. */
  async weighInstead(
    { id, key, epoch, stamp, minVersion }: Place & { readonly id: string; readonly minVersion: number },
    entry: ValueEntry,
  ): Promise<Finding<Value>> {
    const wanted = new Wanted<Value>(id, key, epoch, minVersion);
    await this.judge(wanted, entry, { stamp, nowMs: this.parts.storeClock.now(), certified: true });
    return wanted;
  }

  private async lookAll(
    wanted: readonly Wanted<Value>[],
    labels: readonly Tag[],
    { demand, patienceMs }: Sought,
  ): Promise<void> {
    if (demand.pastStore) return;
    const service = demand.withinMs === Infinity ? null : this.parts.space.service;
    const asked = this.parts.batch.look(
      wanted.map(({ key }) => key),
      labels,
      service,
    );
    const seen = await patiently(asked, patienceMs);
    const late = seen && this.judgeAll(wanted, seen, demand);
    if (late) await late;
  }

  private labelsOf(tags: readonly Tag[]): readonly Tag[] {
    const { generation, freshness, name } = this.parts.space;
    if (tags.length === 0) return this.plainLabels;
    if (freshness === 'strict')
      throw new TypeError(`${name} is strict: a tag is retired after a commit, not before it`);
    return labelsOf(generation, tags);
  }

  private want(id: string, labels: readonly Tag[], demand: Demand): Wanted<Value> {
    const { space, pending, l1 } = this.parts;
    const key = space.key(id);
    const wanted = new Wanted<Value>(id, key, l1 === null ? 0 : l1.epochOf(key), minVersionOf(demand, id));
    wanted.owed = pending.covers(key, labels);
    return wanted;
  }

  /** A promise only where something has to be waited for: hits are not to wait for a turn that only compressed values need. */
  private judgeAll(
    wanted: readonly Wanted<Value>[],
    { entries, first, tags, nowMs, asOfMs }: Sight,
    { withinMs }: Demand,
  ): Promise<unknown> | null {
    const { space, emit } = this.parts;
    const certified = withinMs === Infinity || (asOfMs !== null && nowMs - asOfMs <= withinMs);
    if (!certified) emit({ type: 'uncertified', space: space.name, count: wanted.length });
    const moment = { stamp: this.stamps.of(tags), nowMs, certified };
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
    wanted.fillable = this.isFillable(wanted, found, moment);
    if (!wanted.fillable || found?.state !== 'value' || !found.payload.startsWith(moment.stamp)) return null;
    const decoded = this.parts.codec.decode(found.payload.slice(moment.stamp.length));
    if (decoded instanceof Promise)
      return decoded.then((result) => {
        this.weigh(wanted, found, moment, result);
      });
    this.weigh(wanted, found, moment, decoded);
    return null;
  }

  private isFillable({ key, owed }: Wanted<Value>, found: Found | undefined, { certified }: Moment): boolean {
    if (found?.state === 'intent') {
      this.parts.intents.met(key, found.transactions);
      return false;
    }
    return !owed && certified;
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
    if (version < wanted.minVersion) return;
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
