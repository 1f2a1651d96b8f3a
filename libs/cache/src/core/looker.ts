import type { Codec, Decoded } from './codec.js';
import type { CacheListener } from './events.js';
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
  readonly leased: boolean;
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
  readonly leased: boolean;
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

  /** Never throws for a store that is down: everything is then to be loaded without a lease. @throws {TypeError} for an empty id */
  async look(ids: readonly string[], tags: readonly Tag[]): Promise<readonly Finding<Value>[]> {
    const { space, batch } = this.parts;
    const labels = [space.generation, ...tags];
    // Asked before the look: an invalidation that is applied while the answer is under way does not make the answer new.
    const wanted = ids.map((id) => this.want(id, labels));
    const seen = await batch.look(
      wanted.map(({ key }) => key),
      labels,
    );
    if (!seen) return wanted.map((each) => ({ ...nothing(each, '', false), reached: false }));
    const stamp = this.stamps.of(seen.tags);
    const findings = wanted.map((each, index) => this.judge(each, seen.entries[index], stamp));
    return settled(findings) ? findings : Promise.all(findings.map((finding) => Promise.resolve(finding)));
  }

  private want(id: string, labels: readonly Tag[]): Wanted {
    const key = this.parts.space.key(id);
    return { id, key, owed: this.parts.pending.covers(key, labels), epoch: this.parts.l1?.epochOf(key) ?? 0 };
  }

  private judge(wanted: Wanted, found: Found | undefined, stamp: string): Finding<Value> | Promise<Finding<Value>> {
    if (wanted.owed || found?.state === 'intent') return nothing(wanted, stamp, false);
    if (found?.state !== 'value' || !found.payload.startsWith(stamp)) return nothing(wanted, stamp, true);
    const decoded = this.parts.codec.decode(found.payload.slice(stamp.length));
    return decoded instanceof Promise
      ? decoded.then((result) => this.finding(wanted, found, stamp, result))
      : this.finding(wanted, found, stamp, decoded);
  }

  private finding(wanted: Wanted, entry: ValueEntry, stamp: string, decoded: Decoded<Value>): Finding<Value> {
    const { space, storeClock, emit } = this.parts;
    const none: Finding<Value> = { ...nothing(wanted, stamp, true), over: entry.mark };
    if (decoded.kind === 'corrupt') {
      emit({ type: 'corrupt', space: space.name });
      return none;
    }
    const nowMs = storeClock.now();
    const ageMs = ageOf(entry.mark, nowMs);
    const ttlMs = ttlOf(space, wanted.key, entry.mark, decoded.value === null);
    const stage = stageOf(space, ttlMs, ageMs);
    if (stage === 'over') return none;
    const freshMs = ttlMs * (1 - space.earlyRefresh);
    const stored: Stored<Value> = {
      value: decoded.value,
      version: entry.version,
      stage,
      ageMs,
      leftMs: freshMs - ageMs,
      leased: entry.lease !== null && entry.lease.untilMs > nowMs,
      chars: entry.payload.length,
    };
    return { ...none, stored };
  }
}

function nothing<Value>({ id, key, epoch }: Wanted, stamp: string, leased: boolean): Finding<Value> {
  return { id, key, stored: null, reached: true, leased, over: undefined, stamp, epoch };
}

/** Hits are not to wait for a turn that only compressed values need. */
function settled<Value>(
  findings: readonly (Finding<Value> | Promise<Finding<Value>>)[],
): findings is readonly Finding<Value>[] {
  return !findings.some((finding) => finding instanceof Promise);
}
